// SPDX-License-Identifier: Apache-2.0
// The script of a whole plan. Its first process waits in bash's own `read` while its surroundings are made from
// outside, as a real init waits for its next message. Two things shape it:
//  - Before pivot_root the new mount namespace still holds a copy of the host's tree, so tools are started inside it
//    and paths are the plan's. Behind it no tool of the host is there: helpers join the namespaces but keep the host's
//    root (nsenter --root=/), and reach the container's through /proc/PID/root, which mount(8) must not look up.
//  - What the program must not be able to do is given up when its process starts, by setpriv, since no tool is there
//    later; nothing that the process does itself needs it.
#include <algorithm>

#include "core/world/by_hand.h"

namespace cutaway::world {

namespace {

const Spelling host_spelling{};
const Spelling before_pivot{"", false, true};
const Spelling behind_pivot{"root", true, false};

std::string undo_line(const Call& call) {
    if (const auto* mount = std::get_if<Mount>(&call)) {
        return by_hand(Unmount{mount->target});
    }
    if (const auto* group = std::get_if<MakeCgroup>(&call)) {  // it is busy for a moment after its last process
        const std::string path = shell_word(group->path);
        return "rmdir " + path + " 2>/dev/null || { sleep 0.2; rmdir " + path + "; }";
    }
    if (const auto* veth = std::get_if<MakeVeth>(&call)) {
        return by_hand(RemoveLink{veth->name});
    }
    const auto* nat = std::get_if<AddNat>(&call);
    return nat != nullptr && !nat->container.empty() ? by_hand(RemoveNat{nat->container, nat->rule}) : std::string();
}

// Flags of setpriv(1) for the calls that give something up; they are one invocation, which knows their order.
std::string setpriv_flags(const std::vector<PlannedNote>& calls) {
    constexpr std::string_view head = "exec setpriv ";
    constexpr std::string_view tail = " \"$@\"";
    std::string flags;
    for (const PlannedNote& planned : calls) {
        const bool gives_up = std::holds_alternative<SetUser>(planned.call) ||
                              std::holds_alternative<SetCapabilities>(planned.call) ||
                              std::holds_alternative<NoNewPrivileges>(planned.call);
        const std::string line = gives_up ? by_hand(planned.call) : std::string();
        if (line.starts_with(head) && line.ends_with(tail)) {
            flags += " " + line.substr(head.size(), line.size() - head.size() - tail.size());
        }
    }
    return flags;
}

// bash adds PWD, SHLVL and OLDPWD to an environment, and `_` to each program's: the one difference that stays.
std::string program_lines(const Execute& call) {
    std::string out = "unset PWD OLDPWD SHLVL\nexport";
    for (const std::string& variable : call.env) {
        const std::size_t equals = variable.find('=');
        out += " " + variable.substr(0, equals) + "=" +
               shell_word(equals == std::string::npos ? "" : variable.substr(equals + 1));
    }
    out += "\nexec -a " + shell_word(call.argv.empty() ? call.path : call.argv.front()) + " " + shell_word(call.path);
    for (std::size_t i = 1; i < call.argv.size(); ++i) {
        out += " " + shell_word(call.argv[i]);
    }
    return out + "\n";
}

class Script {
public:
    explicit Script(const std::vector<PlannedNote>& calls) : calls_(calls) {}

    std::string text() {
        for (const PlannedNote& planned : calls_) {
            add(planned);
        }
        return head() + body_ + "# it may go on\necho go >&8\nwait \"$START\"\n";
    }

private:
    void add(const PlannedNote& planned) {
        if (planned.step != step_) {
            step_ = planned.step;
            body_ += "\n# " + std::string(context_of(planned)) + ": " + step_ + "\n";
        }
        if (const auto* clone = std::get_if<Clone>(&planned.call)) {
            start_init(*clone);
        } else if (planned.where != "init") {
            body_ += by_hand(planned.call, host_spelling) + "\n";
            const std::string undo = undo_line(planned.call);
            undo_ = undo.empty() ? undo_ : "    " + undo + "\n" + undo_;
        } else {
            add_inside(planned.call);
        }
    }

    void add_inside(const Call& call) {
        if (std::holds_alternative<Unshare>(call)) {  // the first process does that itself: it is let go on so far
            body_ += "echo go >&8\nwhile [ \"/proc/$PID/ns/cgroup\" -ef /proc/self/ns/cgroup ]; do sleep 0.01; done\n";
        } else if (const auto* pivot = std::get_if<PivotRoot>(&call)) {
            body_ += in_namespaces("cd " + shell_word(pivot->new_root) + " && pivot_root . .");
            pivoted_ = true;
            body_ += in_namespaces("umount --no-canonicalize --lazy root");
        } else if (std::holds_alternative<ChangeDir>(call) || std::holds_alternative<Execute>(call) ||
                   std::holds_alternative<CloseDescriptors>(call) || std::holds_alternative<SetUser>(call) ||
                   std::holds_alternative<SetCapabilities>(call) || std::holds_alternative<NoNewPrivileges>(call)) {
            body_ += "#   by the first process itself: " + std::string(kind_of(call)) + "\n";
        } else if (std::holds_alternative<OpenTerminal>(call)) {
            body_ += "#   the terminal that this script was started in is the program's\n";
        } else if (std::holds_alternative<LoadSeccomp>(call)) {
            body_ += "#   no tool here loads a seccomp filter\n";
        } else {
            body_ += in_namespaces(by_hand(call, pivoted_ ? behind_pivot : before_pivot));
        }
    }

    [[nodiscard]] std::string in_namespaces(const std::string& lines) const {
        return std::string(pivoted_ ? "behind " : "inside ") + shell_word(lines) + "\n";
    }

    // What the container's first process is told to do, between its birth and its program.
    [[nodiscard]] std::string first_process() const {
        std::string out;
        std::string rest;
        for (const PlannedNote& planned : calls_) {
            if (const auto* unshare = std::get_if<Unshare>(&planned.call)) {
                out = "read -r -u 8 go\nexec unshare";
                for (const Space space : unshare->spaces) {
                    out += " --" + std::string(to_name(space));
                }
            } else if (const auto* directory = std::get_if<ChangeDir>(&planned.call)) {
                rest += "cd " + shell_word(directory->path) + "\n";
            } else if (const auto* program = std::get_if<Execute>(&planned.call)) {
                rest += program_lines(*program);
            }
        }
        rest = "read -r -u 8 go\nexec 8>&-\n" + rest;
        return out.empty() ? rest : out + " " + "\"$BASH\" -c " + shell_word(rest);
    }

    void start_init(const Clone& clone) {
        std::string flags;
        for (const Space space : clone.spaces) {
            flags += " --" + std::string(to_name(space));
            joined_ += " --" + std::string(to_name(space));
        }
        const std::string privileges = setpriv_flags(calls_);
        body_ += "env -i unshare" + flags + " --fork --kill-child" +
                 (privileges.empty() ? "" : " setpriv" + privileges) + " \"$BASH\" -c " + shell_word(first_process()) +
                 " &\nSTART=$!\nwhile read -r PID REST <\"/proc/$START/task/$START/children\"; [ -z \"$PID\" ]; do "
                 "sleep 0.01; done\nln -s \"/proc/$PID/root\" root\n";
    }

    [[nodiscard]] std::string head() const {
        return "#!/bin/bash\n"
               "# The start of a container by hand. Run it as root. When the program ends, what was made goes.\n"
               "set -eu\n"
               "START=\n"
               "PID=\n"
               "WORK=$(mktemp -d)\n"
               "take_back() {\n"
               "    set +e\n"
               "    [ -z \"$START\" ] || { kill -s KILL $PID \"$START\" 2>/dev/null; wait \"$START\" 2>/dev/null; }\n" +
               undo_ +
               "    cd / && rm -rf \"$WORK\"\n"
               "}\n"
               "trap take_back EXIT\n"
               "cd \"$WORK\"\n"
               "mkfifo go\n"
               "exec 8<>go\n"
               "inside() { nsenter --target \"$PID\"" +
               joined_ +
               " \"$BASH\" -c \"$1\" 8>&-; }\n"
               "behind() { nsenter --target \"$PID\"" +
               joined_ + " --root=/ --wd=\"$WORK\" \"$BASH\" -c \"$1\" 8>&-; }\n";
    }

    const std::vector<PlannedNote>& calls_;
    std::string body_;
    std::string undo_;    // newest first
    std::string joined_;  // the namespaces of the first process, as nsenter(1) names them
    std::string step_;
    bool pivoted_ = false;
};

}  // namespace

std::string script_of(const std::vector<PlannedNote>& calls) { return Script(calls).text(); }

}  // namespace cutaway::world
