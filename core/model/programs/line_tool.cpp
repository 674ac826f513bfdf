// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs/line_tool.h"

#include <cerrno>

#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

constexpr std::int64_t follow_ns = 1'000'000'000;

class LineProgram final : public SavedProgram {
public:
    explicit LineProgram(const LineTool& tool) : tool_(tool) {}

    [[nodiscard]] std::string_view name() const override { return tool_.name; }
    void as_busybox() override { busybox_ = true; }
    void save(std::string& out) const override { binary::put(out, state_); }
    bool restore(std::string_view saved) override {
        ready_ = false;
        return binary::decode(saved, state_);
    }

    Step step(Sys& sys) override {
        if (!ready_) {
            argv_ = sys.argv();
            options_ = tool_.options(argv_);
            ready_ = true;
        }
        const Call call{sys, argv_, state_.output, busybox_};
        if (!state_.begun) {
            begin(call);
        }
        switch (flush(sys, state_.output)) {
            case Flush::blocked: return wait_to_flush(state_.output);
            case Flush::broken: return Step::exited(state_.code == 0 ? 1 : state_.code);
            case Flush::done: break;
        }
        if (state_.done) {
            return Step::exited(state_.code);
        }
        if (state_.fd < 0 && !open_next(call)) {
            end(call);
            return Step::again();
        }
        return read(call);
    }

private:
    void begin(const Call& call) {
        state_.begun = true;
        if (!options_.unknown.empty()) {
            state_.code = call.refuse(options_.unknown);
            state_.done = true;
            return;
        }
        state_.files = options_.rest;
        tool_.begin(call, options_, state_);
        if (state_.files.empty()) {
            state_.files.emplace_back("-");
        }
    }

    void end(const Call& call) {
        if (tool_.end != nullptr) {
            tool_.end(call, options_, state_);
        }
        state_.done = true;
    }

    bool open_next(const Call& call) {
        while (state_.file < state_.files.size()) {
            const std::string& file = state_.files[state_.file];
            if (file == "-") {
                state_.fd = 0;
                return true;
            }
            Result<int> fd = call.sys.open(file, OpenFlags{}, 0);
            if (fd) {
                state_.fd = *fd;
                return true;
            }
            complain(call, file, errno_text(fd.error()));
            ++state_.file;
        }
        return false;
    }

    void complain(const Call& call, const std::string& file, const std::string& why) {
        const int code = tool_.name == "grep" || tool_.name == "sort" ? 2 : 1;
        if (busybox_ && tool_.name != "grep") {
            state_.code = call.fail("can't open '" + file + "': " + why, code);
        } else if (tool_.name == "head" || tool_.name == "tail") {
            state_.code = call.fail("cannot open '" + file + "' for reading: " + why, code);
        } else if (tool_.name == "sed") {
            state_.code = call.fail("can't read " + file + ": " + why, 2);
        } else {
            state_.code = call.fail(file + ": " + why, code);
        }
    }

    Step read(const Call& call) {
        Result<std::string> got = call.sys.read(state_.fd, 65536);
        if (!got && is_again(got.error())) {
            return Step::wait_readable(state_.fd);
        }
        if (!got) {
            state_.code = call.fail(state_.files[state_.file] + ": " + errno_text(got.error()), 1);
        }
        if (!got || got->empty()) {
            return end_file(call);
        }
        take(call, *got);
        return Step::again();
    }

    Step end_file(const Call& call) {
        if (!state_.partial.empty()) {
            const std::string last = std::move(state_.partial);
            state_.partial.clear();
            tool_.line(call, options_, state_, last, false);
        }
        if (state_.follow && state_.file + 1 == state_.files.size()) {
            if (!state_.counts.contains("caught up")) {
                state_.counts["caught up"] = 1;
                if (tool_.file_end != nullptr) {
                    tool_.file_end(call, options_, state_);
                }
                return Step::again();
            }
            return Step::wait_until(call.sys.now_ns() + follow_ns);
        }
        if (tool_.file_end != nullptr) {
            tool_.file_end(call, options_, state_);
        }
        if (state_.fd > 0) {
            (void)call.sys.close(state_.fd);
        }
        state_.fd = -1;
        ++state_.file;
        return Step::again();
    }

    void take(const Call& call, const std::string& bytes) {
        if (tool_.whole_chunks) {
            tool_.line(call, options_, state_, bytes, false);
            return;
        }
        std::size_t from = 0;
        for (std::size_t at = bytes.find('\n'); at != std::string::npos && !state_.done; at = bytes.find('\n', from)) {
            state_.partial.append(bytes, from, at - from);
            from = at + 1;
            const std::string line = std::move(state_.partial);
            state_.partial.clear();
            tool_.line(call, options_, state_, line, true);
        }
        if (!state_.done) {
            state_.partial.append(bytes, from);
        } else if (tool_.end != nullptr) {
            tool_.end(call, options_, state_);
        }
    }

    const LineTool& tool_;
    bool busybox_ = false;
    bool ready_ = false;
    Words argv_;
    Options options_;
    LineState state_;
};

}  // namespace

std::string_view file_label(const LineState& state) {
    const std::string& file = state.files[state.file];
    return file == "-" ? std::string_view("(standard input)") : std::string_view(file);
}

void add_files_beneath(const Call& call, const std::string& path, Words& files) {
    const auto info = call.sys.stat(path, false);
    if (!info || info->type != world::FileType::directory) {
        files.push_back(path);
        return;
    }
    for (const world::DirEntry& entry : call.sys.list(path).value_or(std::vector<world::DirEntry>())) {
        const std::string inner = path == "/" ? "/" + entry.name : path + "/" + entry.name;
        if (entry.type == world::FileType::regular || entry.type == world::FileType::directory) {
            add_files_beneath(call, inner, files);
        }
    }
}

Made make_line_tool(const LineTool& tool) { return std::make_unique<LineProgram>(tool); }

}  // namespace cutaway::model::programs
