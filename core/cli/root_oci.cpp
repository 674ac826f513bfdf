// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_oci.h"

#include <algorithm>
#include <cstdio>

#include "core/cli/root_oci_parts.h"

namespace cutaway::cli {

namespace {

const std::vector<FlagSpec>& global_flags() {
    static const std::vector<FlagSpec> flags{
        {"root", 0, FlagKind::text, "Where containers are kept (default: /run/cutaway-oci)", ""},
        {"log", 0, FlagKind::text, "Append errors and warnings to this file, too", ""},
        {"log-format", 0, FlagKind::text, "text (default) or json", ""},
        {"debug", 0, FlagKind::boolean, "Known for the sake of callers; nothing more is said", ""},
        {"cgroup-manager", 0, FlagKind::text, "cgroupfs is the only one", ""},
        {"systemd-cgroup", 0, FlagKind::boolean, "",
         "cgroups are made as directories here, without systemd; leave it out, or give podman --cgroup-manager "
         "cgroupfs"},
        {"rootless", 0, FlagKind::text, "false or auto: user namespaces are not built yet", ""},
        {"version", 'v', FlagKind::boolean, "Print the version", ""},
        {"help", 'h', FlagKind::boolean, "Print this", ""},
    };
    return flags;
}

std::vector<const OciCommand*> all_commands() {
    std::vector<const OciCommand*> all;
    for (const auto* group : {&oci_making_commands(), &oci_living_commands(), &oci_joining_commands()}) {
        for (const OciCommand& command : *group) {
            all.push_back(&command);
        }
    }
    return all;
}

std::string flag_lines(const std::vector<FlagSpec>& flags) {
    std::string text;
    for (const FlagSpec& flag : flags) {
        std::string name = (flag.letter == 0 ? "    " : std::string("-") + flag.letter + ", ") + "--" +
                           std::string(flag.name) + (flag.kind == FlagKind::boolean ? "" : " VALUE");
        name.append(name.size() < 28 ? 28 - name.size() : 1, ' ');
        text += "  " + name +
                (flag.refused.empty() ? std::string(flag.help) : "Refused: " + std::string(flag.refused)) + "\n";
    }
    return text;
}

void print_help() {
    std::string text =
        "Usage:  cutaway oci [OPTIONS] COMMAND\n\n"
        "A low-level runtime for OCI bundles (a folder with config.json and a root file system), as podman and\n"
        "containerd drive one: podman --runtime PATH/cutaway-oci. As root.\n\nCommands:\n";
    for (const OciCommand* command : all_commands()) {
        std::string name(command->name);
        name.append(12 - name.size(), ' ');
        text += "  " + name + std::string(command->help) + "\n";
    }
    text += "\nOptions:\n" + flag_lines(global_flags());
    std::fputs(text.c_str(), stdout);
}

void print_help(const OciCommand& command) {
    std::string text = "Usage:  cutaway oci " + std::string(command.name) +
                       (command.usage.empty() ? "" : " " + std::string(command.usage)) + "\n\n" +
                       std::string(command.help) + "\n";
    if (!command.flags.empty()) {
        text += "\nOptions:\n" + flag_lines(command.flags);
    }
    std::fputs(text.c_str(), stdout);
}

bool asks_for_help(const OciCommand& command, const std::vector<std::string>& words) {
    const std::size_t seen = command.mix == Mix::anywhere ? words.size() : std::min<std::size_t>(words.size(), 1);
    return std::any_of(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(seen),
                       [](const std::string& word) { return word == "--help" || word == "-h"; });
}

Status check_globals(const Parsed& given) {
    const std::string format = given.text("log-format");
    if (given.has("log-format") && format != "text" && format != "json") {
        return fail(Errc::invalid, "--log-format is text or json, not \"" + format + "\"");
    }
    if (given.has("cgroup-manager") && given.text("cgroup-manager") != "cgroupfs") {
        return fail(Errc::unsupported,
                    "--cgroup-manager: cgroups are made as directories here: only cgroupfs is known");
    }
    if (given.text("rootless") == "true") {
        return fail(Errc::unsupported, "--rootless: user namespaces are not built yet");
    }
    if (given.has("root") && !given.text("root").starts_with('/')) {
        return fail(Errc::invalid, "--root is not an absolute path: " + given.text("root"));
    }
    return {};
}

Result<int> perform(const OciCommand& command, const std::vector<std::string>& words, const Parsed& globals,
                    const OciLog& log) {
    const Parsed given = TRY(parse_flags(words, command.flags, command.mix));
    const std::size_t count = given.arguments.size();
    if (count < command.least || count > command.most) {
        return fail(Errc::invalid,
                    "usage: cutaway oci " + std::string(command.name) + " " + std::string(command.usage));
    }
    const OciCall call{globals.has("root") ? globals.text("root") : std::string(oci_root), log, given};
    return command.perform(call);
}

int told(const OciLog& log, std::string_view command, const Error& error) {
    log.error(error.doing);
    return command == "exec" ? 255 : 1;  // as runc does it: an exec's own statuses end below
}

}  // namespace

int run_oci(const std::vector<std::string>& words) {
    const Result<Parsed> globals = parse_flags(words, global_flags(), Mix::before_arguments);
    if (!globals) {
        return told(OciLog("", false), "", globals.error());
    }
    const OciLog log(globals->text("log"), globals->text("log-format") == "json");
    if (globals->on("version")) {
        std::printf("cutaway oci version %s\nspec: 1.0.2\n", CUTAWAY_VERSION);
        return 0;
    }
    if (const Status fine = check_globals(*globals); !fine) {
        return told(log, "", fine.error());
    }
    if (globals->arguments.empty() || globals->on("help")) {
        print_help();
        return globals->on("help") ? 0 : 1;
    }
    const std::string& name = globals->arguments.front();
    const std::vector<const OciCommand*> all = all_commands();
    const auto found = std::find_if(all.begin(), all.end(), [&](const OciCommand* one) { return one->name == name; });
    if (found == all.end()) {
        return told(log, "", fail(Errc::invalid, "no such command: " + name + "; cutaway oci --help lists them"));
    }
    const std::vector<std::string> rest(globals->arguments.begin() + 1, globals->arguments.end());
    if (asks_for_help(**found, rest)) {
        print_help(**found);
        return 0;
    }
    const Result<int> status = perform(**found, rest, *globals, log);
    return status ? *status : told(log, name, status.error());
}

}  // namespace cutaway::cli
