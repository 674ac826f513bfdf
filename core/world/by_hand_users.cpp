// SPDX-License-Identifier: Apache-2.0
#include "core/world/by_hand_users.h"

#include "core/world/by_hand.h"

namespace cutaway::world {

// The kernel takes one's own ids alone from a file; whoever was given more has newuidmap(1) write them.
std::string user_line(const MapIds& call, const std::string& pid) {
    const auto ranges = [](const std::vector<IdRange>& ids) {
        std::string out;
        for (const IdRange& one : ids) {
            out +=
                " " + std::to_string(one.inside) + " " + std::to_string(one.outside) + " " + std::to_string(one.count);
        }
        return out;
    };
    if (maps_by_program(call)) {
        return "newuidmap " + pid + ranges(call.uids) + " && newgidmap " + pid + ranges(call.gids);
    }
    const std::string proc = "/proc/" + pid;
    return "echo deny >" + proc + "/setgroups && echo" + ranges(call.gids) + " >" + proc + "/gid_map && echo" +
           ranges(call.uids) + " >" + proc + "/uid_map";
}

std::string user_line(const StartCompanion& call) {
    std::string out = shell_word(call.path);
    for (std::size_t i = 1; i < call.argv.size(); ++i) {
        const std::string& word = call.argv[i];
        if (word.starts_with("--ready-fd=")) {  // nobody reads it here
            continue;
        }
        out += word.find("$PID") == std::string::npos ? " " + shell_word(word) : " \"" + word + "\"";
    }
    return out + " &";
}

}  // namespace cutaway::world
