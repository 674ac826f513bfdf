// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_engine.h"

#include <cstdio>
#include <cstdlib>

#include "core/cli/root_client.h"
#include "core/cli/root_engine_house.h"
#include "core/host/doctor.h"
#include "core/host/terminal.h"

namespace cutaway::cli {

namespace {

constexpr const char* usage =
    R"(Usage:  cutaway engine --socket PATH [--allow-user USER] [--allow-group GROUP] [--root DIR]

The real world's engine as a process of its own, for command lines of an ordinary user:

  sudo cutaway engine --socket /run/cutaway.sock
  cutaway --engine /run/cutaway.sock run --rm lab/hello
  cutaway --engine /run/cutaway.sock watch

Options:
      --socket PATH         Where it listens: a socket file that its user and root alone may open
      --allow-user USER     Whose it is; by default who called sudo or pkexec
      --allow-group GROUP   This group's members may come too
      --root DIR            Where the store is kept

Who may speak to it may do what root may: give it to nobody whom you would not give root.
)";

struct Asked {
    std::string socket;
    std::string user;
    std::string group;
    bool help = false;
};

Result<Asked> read_words(const std::vector<std::string>& words) {
    Asked asked;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string name = words[i].substr(0, words[i].find('='));
        std::string* value = name == "--socket"        ? &asked.socket
                             : name == "--allow-user"  ? &asked.user
                             : name == "--allow-group" ? &asked.group
                                                       : nullptr;
        if (name == "--help" || name == "-h") {
            asked.help = true;
        } else if (value == nullptr) {
            return fail(Errc::invalid, "engine does not know what to do with \"" + words[i] + "\"");
        } else if (name != words[i]) {
            *value = words[i].substr(name.size() + 1);
        } else if (i + 1 < words.size()) {
            *value = words[++i];
        } else {
            return fail(Errc::invalid, "flag needs an argument: " + name);
        }
    }
    if (!asked.help && asked.socket.empty()) {
        return fail(Errc::invalid, "engine needs --socket PATH, as /run/cutaway.sock");
    }
    return asked;
}

// Who asked for root, as sudo and pkexec tell it; else root itself.
Result<std::uint32_t> owner_of(const Asked& asked) {
    if (!asked.user.empty()) {
        return host::find_user(asked.user);
    }
    for (const char* name : {"SUDO_UID", "PKEXEC_UID"}) {
        if (const char* value = std::getenv(name); value != nullptr && *value != '\0') {
            return host::find_user(value);
        }
    }
    return std::uint32_t{0};
}

Result<EngineOptions> options_of(const CommandLine& line, const Asked& asked) {
    EngineOptions options;
    options.socket = asked.socket;
    options.root = line.root;
    options.rights.owner = TRY(owner_of(asked));
    if (!asked.group.empty()) {
        options.rights.group = TRY(host::find_group(asked.group));
    }
    return options;
}

}  // namespace

int serve(const CommandLine& line) {
    const Result<Asked> asked = read_words(line.words);
    if (!asked) {
        return complain(asked.error().doing, 125);
    }
    if (asked->help) {
        std::fputs(usage, stdout);
        return 0;
    }
    if (line.world_said && line.world == "model") {
        return complain("an engine behind a socket is the real world's: the simulated machine needs none", 125);
    }
    if (const Status may = host::has_root("an engine"); !may) {
        return complain("an engine takes root: start it with sudo or pkexec", 1);
    }
    Result<EngineOptions> options = options_of(line, *asked);
    if (!options) {
        return complain(options.error().doing, 1);
    }
    host::catch_signals();
    Result<std::unique_ptr<EngineHouse>> house = EngineHouse::open(std::move(*options));
    if (!house) {
        return complain(house.error().doing, 1);
    }
    std::printf("%s", (*house)->greeting().c_str());
    std::fflush(stdout);
    (*house)->run();
    return 0;
}

}  // namespace cutaway::cli
