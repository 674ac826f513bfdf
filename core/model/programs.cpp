// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs.h"

#include <algorithm>
#include <map>

#include "core/model/programs/commands.h"
#include "core/model/programs/net_tools.h"
#include "core/model/programs/script_tools.h"
#include "core/model/programs/shell.h"
#include "core/model/programs/text.h"

namespace cutaway::model {

namespace {

using programs::Made;
using Table = std::map<std::string_view, Made (*)()>;

Made make_sh() { return programs::make_shell("sh", programs::Flavour::ash); }
Made make_ash() { return programs::make_shell("ash", programs::Flavour::ash); }
Made make_dash() { return programs::make_shell("dash", programs::Flavour::dash); }
Made make_bash() { return programs::make_shell("bash", programs::Flavour::bash); }

Table make_table() {
    Table table{{"sh", make_sh}, {"ash", make_ash}, {"dash", make_dash}, {"bash", make_bash}};
    for (const programs::Entries& entries :
         {programs::text_tools(),      programs::sed_tools(),      programs::list_tools(),    programs::file_tools(),
          programs::small_tools(),     programs::process_tools(),  programs::network_tools(), programs::name_tools(),
          programs::redis_tools(),     programs::postgres_tools(), programs::initdb_tools(),  programs::psql_tools(),
          programs::pg_client_tools(), programs::python_tools(),   programs::server_tools(),  programs::look_tools(),
          programs::lab_tools(),       programs::net_tools(),      programs::awk_tools(),     programs::xargs_tools(),
          programs::package_tools()}) {
        for (const programs::Entry& entry : entries) {
            table.emplace(entry.name, entry.make);
        }
    }
    return table;
}

// One executable, many names: argv[0] says which, or the first argument does.
class BusyBox final : public programs::SavedProgram {
public:
    explicit BusyBox(const Table& table) : table_(table) {}

    [[nodiscard]] std::string_view name() const override { return "busybox"; }
    Step step(Sys& sys) override {
        if (inner_ == nullptr) {
            const std::string first = sys.argv().empty() ? "" : sys.argv()[0];
            std::string_view called = programs::base_name(first);
            called.remove_prefix(called.starts_with("-") ? 1 : 0);
            if (!find(called)) {
                programs::Output output;
                output.err(std::string(called) + ": applet not found: not modelled\n");
                (void)programs::flush(sys, output);
                return Step::exited(127);
            }
        }
        return inner_->step(sys);
    }
    void save(std::string& out) const override {
        binary::put(out, inner_ == nullptr ? std::string() : applet_);
        if (inner_ != nullptr) {
            inner_->save(out);
        }
    }
    bool restore(std::string_view saved) override {
        binary::Input in{saved};
        std::string applet;
        binary::get(in, applet);
        inner_.reset();
        return in.ok && (applet.empty() ? in.rest.empty() : find(applet) && inner_->restore(in.rest));
    }

private:
    bool find(std::string_view applet) {
        const auto entry = table_.find(applet);
        if (entry == table_.end()) {
            return false;
        }
        applet_ = std::string(applet);
        inner_ = entry->second();
        inner_->as_busybox();
        return true;
    }

    const Table& table_;
    std::string applet_;
    Made inner_;
};

// An image's file of a program that is not here: it is there, and says what it is not.
class Unmodelled final : public programs::SavedProgram {
public:
    explicit Unmodelled(std::string_view name) : name_(name) {}

    [[nodiscard]] std::string_view name() const override { return name_; }
    Step step(Sys& sys) override {
        const std::string called = sys.argv().empty() ? name_ : std::string(programs::base_name(sys.argv()[0]));
        programs::Output output;
        output.err(called + ": not modelled\n");
        (void)programs::flush(sys, output);
        return Step::exited(127);
    }
    void save(std::string&) const override {}
    bool restore(std::string_view saved) override { return saved.empty(); }

private:
    std::string name_;
};

class StandardPrograms final : public Programs {
public:
    [[nodiscard]] std::unique_ptr<Program> make(std::string_view name) const override { return make_saved(name); }
    [[nodiscard]] std::unique_ptr<Program> load(std::string_view name, std::string_view saved) const override {
        Made program = make_saved(name);
        if (!program->restore(saved)) {
            return nullptr;
        }
        return program;
    }
    [[nodiscard]] const Table& table() const { return table_; }

private:
    [[nodiscard]] Made make_saved(std::string_view name) const {
        if (name == "busybox") {
            return std::make_unique<BusyBox>(table_);
        }
        const auto entry = table_.find(name);
        if (entry == table_.end()) {
            return std::make_unique<Unmodelled>(name);
        }
        return entry->second();
    }

    Table table_ = make_table();
};

const StandardPrograms& shipped() {
    static const StandardPrograms programs;
    return programs;
}

}  // namespace

const Programs& standard_programs() { return shipped(); }

std::vector<std::string_view> program_names() {
    std::vector<std::string_view> names{"busybox"};
    for (const auto& [name, make] : shipped().table()) {
        names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace cutaway::model
