// SPDX-License-Identifier: Apache-2.0
// What asks for a name: getent and nslookup.
#include "core/model/programs/commands.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

int print_lines(const Call& call, const std::string& file) {
    const auto text = read_file(call.sys, file);
    if (call.argv.size() == 2) {
        call.out(text.value_or(""));
        return 0;
    }
    int code = 0;
    for (std::size_t i = 2; i < call.argv.size(); ++i) {
        bool found = false;
        for (const std::string& line : split_lines(text.value_or(""))) {
            const std::vector<std::string> fields = split(line, ':');
            if (fields.size() > 2 && (fields[0] == call.argv[i] || fields[2] == call.argv[i])) {
                call.out(line + "\n");
                found = true;
            }
        }
        code = found ? code : 2;
    }
    return code;
}

int run_getent(const Call& call) {
    const std::string database = call.argv.size() > 1 ? call.argv[1] : "";
    if (database == "passwd" || database == "group") {
        return print_lines(call, "/etc/" + database);
    }
    if ((database != "hosts" && database != "ahostsv4") || call.argv.size() < 3) {
        return call.refuse(database.empty() ? "no database" : database);
    }
    int code = 0;
    for (std::size_t i = 2; i < call.argv.size(); ++i) {
        const auto address = call.sys.resolve(call.argv[i]);
        if (!address) {
            code = 2;
            continue;
        }
        call.out(left(*address, 15) + (database == "hosts" ? " " : " STREAM ") + call.argv[i] + "\n");
    }
    return code;
}

std::string name_server(Sys& sys) {
    for (const std::string& line : split_lines(read_file(sys, "/etc/resolv.conf").value_or(""))) {
        const std::vector<std::string> words = split_blank(line);
        if (words.size() > 1 && words[0] == "nameserver") {
            return words[1];
        }
    }
    return "127.0.0.1";
}

int run_nslookup(const Call& call) {
    if (call.argv.size() != 2 || call.argv[1].starts_with("-")) {
        return call.refuse(call.argv.size() < 2 ? "asking for names" : call.argv.back());
    }
    const std::string server = name_server(call.sys);
    call.out("Server:\t\t" + server + "\nAddress:\t" + server + (call.busybox ? ":53" : "#53") + "\n\n");
    const auto address = call.sys.resolve(call.argv[1]);
    if (!address) {
        call.out("** server can't find " + call.argv[1] + ": NXDOMAIN\n\n");
        return 1;
    }
    call.out("Non-authoritative answer:\nName:\t" + call.argv[1] + "\nAddress: " + *address + "\n\n");
    return 0;
}

}  // namespace

Entries name_tools() {
    return {{"getent", [] { return make_command("getent", run_getent); }},
            {"nslookup", [] { return make_command("nslookup", run_nslookup); }}};
}

}  // namespace cutaway::model::programs
