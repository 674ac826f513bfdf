// SPDX-License-Identifier: Apache-2.0
// apk and pip, as they are where no mirror can be reached: the simulated network has none, and they say so in their own
// words. What asks no mirror is not modelled.
#include <algorithm>

#include "core/model/programs/script_tools.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

Words operands(const Call& call) {
    Words rest;
    for (std::size_t i = 1; i < call.argv.size(); ++i) {
        if (!call.argv[i].starts_with("-")) {
            rest.push_back(call.argv[i]);
        }
    }
    return rest;
}

// Asks each mirror of /etc/apk/repositories; whether one answered.
bool fetch_indexes(const Call& call) {
    bool any = false;
    const std::string architecture(trim(read_file(call.sys, "/etc/apk/arch").value_or("")));
    for (const std::string& line : split_lines(read_file(call.sys, "/etc/apk/repositories").value_or(""))) {
        const std::string mirror(trim(line));
        if (mirror.empty() || mirror.starts_with("#")) {
            continue;
        }
        call.err("fetch " + mirror + "/" + architecture + "/APKINDEX.tar.gz\n");
        const std::size_t from = mirror.find("://");
        const std::string host =
            from == std::string::npos ? "" : mirror.substr(from + 3, mirror.find('/', from + 3) - from - 3);
        if (!call.sys.resolve(host)) {
            call.err("WARNING: fetching " + mirror + ": temporary error (try again later)\n");
        } else {
            any = true;
        }
    }
    return any;
}

int run_apk(const Call& call) {
    const Words rest = operands(call);
    const std::string verb = rest.empty() ? "" : rest[0];
    if (verb != "add" && verb != "update") {
        return call.refuse(verb.empty() ? "no command" : verb);
    }
    if (call.sys.uid() != 0) {
        call.err(
            "ERROR: Unable to lock database: Permission denied\nERROR: Failed to open apk database: Permission "
            "denied\n");
        return 99;
    }
    if (fetch_indexes(call)) {
        return call.refuse("a mirror that answers");
    }
    if (verb == "update") {
        call.err("2 unavailable, 0 stale; 0 distinct packages available\n");
        return 2;
    }
    const Words world = split_lines(read_file(call.sys, "/etc/apk/world").value_or(""));
    Words missing;
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (std::find(world.begin(), world.end(), rest[i]) == world.end()) {
            missing.push_back(rest[i]);
        }
    }
    if (missing.empty()) {
        return call.refuse("a package that is here already");
    }
    call.err("ERROR: unable to select packages:\n");
    for (const std::string& name : missing) {
        call.err("  " + name + " (no such package):\n    required by: world[" + name + "]\n");
    }
    return static_cast<int>(missing.size());
}

int run_pip(const Call& call) {
    if (call.argv.size() == 2 && (call.argv[1] == "--version" || call.argv[1] == "-V")) {
        call.out("pip 23.2.1 from /usr/local/lib/python3.12/site-packages/pip (python 3.12)\n");
        return 0;
    }
    const Words rest = operands(call);
    if (rest.size() < 2 || rest[0] != "install" || call.argv.size() > rest.size() + 2) {
        return call.refuse(rest.empty() ? "no command" : rest[0]);
    }
    call.err("ERROR: Could not find a version that satisfies the requirement " + rest[1] +
             " (from versions: none)\nERROR: No matching distribution found for " + rest[1] + "\n");
    return 1;
}

}  // namespace

Entries package_tools() {
    return {{"apk", [] { return make_command("apk", run_apk); }}, {"pip", [] { return make_command("pip", run_pip); }}};
}

}  // namespace cutaway::model::programs
