// SPDX-License-Identifier: Apache-2.0
#include "core/world/by_hand.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "core/world/by_hand_bundle.h"
#include "core/world/by_hand_users.h"

namespace cutaway::world {

namespace {

constexpr std::string_view plain_marks = "@%+=:,./-_";

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           plain_marks.find(c) != std::string_view::npos;
}

// $'…': the only quotes of bash in which a control character can be written without being there.
std::string escaped_word(std::string_view text) {
    constexpr std::string_view digits = "01234567";
    std::string out = "$'";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\'' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte == 0x7F) {
            out += '\\';
            out += digits[byte >> 6U];
            out += digits[(byte >> 3U) & 7U];
            out += digits[byte & 7U];
        } else {
            out += c;
        }
    }
    return out + "'";
}

// Words as they stand, joined: for text that is bash already.
std::string joined(std::initializer_list<std::string_view> parts) {
    std::string out;
    for (const std::string_view part : parts) {
        out += (out.empty() || part.empty() ? "" : " ") + std::string(part);
    }
    return out;
}

std::string octal(std::uint32_t mode) {
    std::string out;
    for (std::uint32_t rest = mode; rest != 0 || out.empty(); rest >>= 3U) {
        out.insert(out.begin(), static_cast<char>('0' + (rest & 7U)));
    }
    return out;
}

std::string pid_word(std::int64_t pid) { return pid < 0 ? "\"$PID\"" : std::to_string(pid); }

bool has(const std::vector<std::string>& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

// unshare(1) and nsenter(1) name namespaces alike.
std::string space_flags(const std::vector<Space>& spaces) {
    std::string out;
    for (const Space space : spaces) {
        out += " --" + std::string(to_name(space));
        out += space == Space::pid ? " --fork" : "";
    }
    return out;
}

std::string path_word(const std::string& path, const Spelling& spelling) { return shell_word(spelling.prefix + path); }

// --- processes ----------------------------------------------------------------------------------------------------

std::string line(const Clone& call, const Spelling&) {
    return call.spaces.empty() ? "bash &  # every command of a shell is such a child"
                               : "unshare" + space_flags(call.spaces) + " bash";
}

std::string line(const Unshare& call, const Spelling&) {
    return "exec unshare" + space_flags(call.spaces) + " \"$BASH\"";
}

std::string line(const SetNamespace& call, const Spelling&) {
    std::string flags;
    for (const Space space : call.spaces) {
        flags += " --" + std::string(to_name(space));
    }
    return "exec nsenter --target " + pid_word(call.pid) + flags + " \"$BASH\"";
}

std::string line(const MapIds& call, const Spelling&) { return user_line(call, pid_word(call.pid)); }

std::string line(const StartCompanion& call, const Spelling&) { return user_line(call); }

std::string environment(const std::vector<std::string>& env) {
    std::string out = "env -i";
    for (const std::string& variable : env) {
        out += " " + shell_word(variable);
    }
    return out;
}

std::string line(const Execute& call, const Spelling&) {
    std::string out = "exec " + environment(call.env) + " " + shell_word(call.path);
    for (std::size_t i = 1; i < call.argv.size(); ++i) {
        out += " " + shell_word(call.argv[i]);
    }
    return out;
}

std::string line(const SendSignal& call, const Spelling&) {
    const std::string name = call.signal.starts_with("SIG") ? call.signal.substr(3) : call.signal;
    return joined({"kill -s", shell_word(name), pid_word(call.pid)});
}

std::string line(const AwaitExit& call, const Spelling&) {
    constexpr std::int64_t second = 1'000'000'000;
    const std::string wait = "tail --follow --pid=" + pid_word(call.pid) + " /dev/null";
    return call.timeout_ns < 0 ? wait
                               : "timeout " + std::to_string((call.timeout_ns + second - 1) / second) + " " + wait;
}

std::string line(const StartShim&, const Spelling&) {
    return "setsid --fork bash  # a parent that outlives this shell";
}

// --- file system --------------------------------------------------------------------------------------------------

std::string mount_program(const Spelling& spelling) { return spelling.as_given ? "mount --no-canonicalize" : "mount"; }

bool is_propagation(std::string_view option) {
    return option == "private" || option == "slave" || option == "shared" || option == "unbindable";
}

// Flags and the file system's own options, as one -o word.
std::string option_text(const Mount& call) {
    std::string out;
    for (const std::string& option : call.options) {
        if (option != "rec" && option != "optional" && option != "remount" && !is_propagation(option)) {
            out += (out.empty() ? "" : ",") + option;
        }
    }
    return call.data.empty() ? out : out + (out.empty() ? "" : ",") + call.data;
}

std::string propagation_lines(const Mount& call, const Spelling& spelling) {
    std::string out;
    for (const std::string& option : call.options) {
        if (is_propagation(option)) {
            out += (out.empty() ? "" : "\n") + mount_program(spelling) + " --make-" +
                   (has(call.options, "rec") ? "r" : "") + option + " " + path_word(call.target, spelling);
        }
    }
    return out;
}

std::string remount_line(const Mount& call, const Spelling& spelling) {
    const std::string options = option_text(call);
    return joined({mount_program(spelling), "-o",
                   shell_word(std::string("remount") + (call.type == "bind" ? ",bind" : "") +
                              (options.empty() ? "" : "," + options)),
                   path_word(call.target, spelling)});
}

std::string mask_lines(const Mount& call, const Spelling& spelling) {
    const std::string target = path_word(call.target, spelling);
    return "if [ -d " + target + " ]; then " + mount_program(spelling) + " -t tmpfs -o ro tmpfs " + target +
           "; elif [ -e " + target + " ]; then " + mount_program(spelling) + " --bind " +
           path_word(call.source, spelling) + " " + target + "; fi";
}

std::string bind_lines(const Mount& call, const Spelling& spelling) {
    const bool own = call.source == call.target || has(call.options, "optional");  // both are the container's
    const std::string source = own ? path_word(call.source, spelling) : shell_word(call.source);
    const std::string target = path_word(call.target, spelling);
    std::string out =
        joined({mount_program(spelling), has(call.options, "rec") ? "--rbind" : "--bind", source, target});
    std::string options = option_text(call);
    if (own && !options.empty() && call.target.starts_with("/proc/")) {
        options += ",nosuid,nodev,noexec";  // a remount takes away what it does not name
    }
    if (!options.empty()) {  // a bind mount takes them only in a second call (mount(2))
        out += " && " + mount_program(spelling) + " -o " + shell_word("remount,bind," + options) + " " + target;
    }
    const std::string spread = propagation_lines(call, spelling);
    out += spread.empty() ? "" : " && " + spread;
    return has(call.options, "optional") ? "if [ -e " + source + " ]; then " + out + "; fi" : out;
}

// What the host's kernel room does for a target that an image lacks: a file for a file, else a directory.
std::string target_line(const Mount& call, const Spelling& spelling) {
    const std::string target = path_word(call.target, spelling);
    const bool fixed = call.type == "mask" || call.type.empty() || has(call.options, "remount") ||
                       has(call.options, "optional") || call.source == call.target;
    if (!spelling.make_target || fixed) {
        return {};
    }
    const std::string file = "[ -e " + target + " ] || ";
    if (call.type != "bind") {
        return file + "mkdir " + target + "\n";
    }
    return file + "if [ -d " + shell_word(call.source) + " ]; then mkdir " + target + "; else touch " + target +
           "; fi\n";
}

std::string mount_lines(const Mount& call, const Spelling& spelling) {
    if (call.type == "mask") {
        return mask_lines(call, spelling);
    }
    if (has(call.options, "remount")) {
        return remount_line(call, spelling);
    }
    if (call.type == "bind") {
        return bind_lines(call, spelling);
    }
    const std::string spread = propagation_lines(call, spelling);
    if (call.type.empty()) {
        return spread.empty() ? remount_line(call, spelling) : spread;
    }
    const std::string options = option_text(call);
    std::string out = joined(
        {mount_program(spelling), "-t", shell_word(call.type), options.empty() ? "" : "-o " + shell_word(options),
         shell_word(call.source.empty() ? call.type : call.source), path_word(call.target, spelling)});
    return spread.empty() ? out : out + " && " + spread;
}

std::string line(const Mount& call, const Spelling& spelling) {
    return target_line(call, spelling) + mount_lines(call, spelling);
}

std::string line(const Unmount& call, const Spelling& spelling) {
    return "umount --lazy " + path_word(call.target, spelling);
}

std::string line(const PivotRoot& call, const Spelling&) {
    return "cd " + shell_word(call.new_root) + " && pivot_root . . && umount --lazy .";
}

std::string line(const MakeDir& call, const Spelling& spelling) {
    return joined({"mkdir -p -m", octal(call.mode), path_word(call.path, spelling)});
}

std::string line(const MakeNode& call, const Spelling& spelling) {
    return joined({"mknod -m", octal(call.mode), path_word(call.path, spelling), "c", std::to_string(call.major),
                   std::to_string(call.minor)});
}

std::string line(const MakeSymlink& call, const Spelling& spelling) {
    return joined({"ln -s", shell_word(call.target), path_word(call.path, spelling)});
}

std::string line(const ChangeDir& call, const Spelling& spelling) { return "cd " + path_word(call.path, spelling); }

std::string line(const SaveFile& call, const Spelling&) {
    const std::string fresh = shell_word(call.path + ".new");
    return "cat >" + fresh + " && sync " + fresh + " && mv " + fresh + " " + shell_word(call.path);
}

std::string line(const RemovePath& call, const Spelling&) { return "rm -rf " + shell_word(call.path); }

std::string line(const RenamePath& call, const Spelling&) {
    return joined({"mv -T", shell_word(call.from), shell_word(call.to)});
}

std::string line(const UnpackLayer& call, const Spelling&) {
    std::string blob = call.digest;
    std::replace(blob.begin(), blob.end(), ':', '/');
    return "mkdir -p " + shell_word(call.into) + " && tar -x --numeric-owner --xattrs -C " + shell_word(call.into) +
           " -f " + shell_word("blobs/" + blob) + "  # then each .wh.NAME becomes: mknod NAME c 0 0";
}

// --- identity and limits --------------------------------------------------------------------------------------------

std::string line(const SetHostname& call, const Spelling&) { return "hostname " + shell_word(call.name); }

std::string line(const SetUser& call, const Spelling&) {
    std::string groups;
    for (const std::uint32_t group : call.groups) {
        groups += (groups.empty() ? "" : ",") + std::to_string(group);
    }
    return "exec setpriv --reuid=" + std::to_string(call.uid) + " --regid=" + std::to_string(call.gid) +
           (groups.empty() ? " --clear-groups" : " --groups=" + groups) + " \"$@\"";
}

std::string line(const SetCapabilities& call, const Spelling&) {
    std::string kept = "-all";
    for (const std::string& name : call.keep) {
        std::string word = name.starts_with("CAP_") ? name.substr(4) : name;
        std::transform(word.begin(), word.end(), word.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        kept += ",+" + word;
    }
    return "exec setpriv --inh-caps=-all --ambient-caps=-all --bounding-set=" + shell_word(kept) + " \"$@\"";
}

std::string line(const NoNewPrivileges&, const Spelling&) { return "exec setpriv --no-new-privs \"$@\""; }

std::string line(const LoadSeccomp& call, const Spelling&) {
    return "exec setpriv --seccomp-filter " + shell_word(call.profile + ".bpf") + " \"$@\"  # util-linux 2.40 or newer";
}

std::string line(const OpenTerminal&, const Spelling&) {
    return "exec script --quiet --return --command \"${*@Q}\" /dev/null";
}

std::string line(const CloseDescriptors& call, const Spelling&) {
    return "for fd in /proc/self/fd/*; do fd=${fd##*/}; [ \"$fd\" -lt " + std::to_string(call.first) +
           " ] || eval \"exec $fd>&-\"; done";
}

// --- cgroups --------------------------------------------------------------------------------------------------------

std::string line(const MakeCgroup& call, const Spelling&) { return "mkdir -p " + shell_word(call.path); }

std::string line(const WriteCgroup& call, const Spelling&) {
    const std::string file = shell_word(call.path + "/" + call.file);
    if (call.value == "$PARENT") {  // what is empty all the way up takes on what the cgroup above it has
        const std::string above = call.path.substr(0, call.path.rfind('/'));
        const std::string name = shell_word(call.file);
        return "for d in " + shell_word(above) + " " + shell_word(call.path) + "; do [ -n \"$(cat \"$d\"/" + name +
               ")\" ] || cat \"${d%/*}\"/" + name + " >\"$d\"/" + name + "; done";
    }
    return "echo " + (call.value == "$PID" ? std::string("\"$PID\"") : shell_word(call.value)) + " >" + file;
}

std::string line(const RemoveCgroup& call, const Spelling&) { return "rmdir " + shell_word(call.path); }

// --- network --------------------------------------------------------------------------------------------------------

std::string line(const MakeBridge& call, const Spelling&) {
    const std::string name = shell_word(call.name);
    return "ip link show dev " + name + " >/dev/null 2>&1 || ip link add name " + name + " type bridge";
}

std::string line(const MakeVeth& call, const Spelling&) {
    return joined({"ip link add name", shell_word(call.name), "type veth peer name", shell_word(call.peer)});
}

std::string line(const MoveLink& call, const Spelling&) {
    return joined({"ip link set dev", shell_word(call.link), "netns", pid_word(call.pid), "name", shell_word(call.as)});
}

std::string line(const AttachLink& call, const Spelling&) {
    return joined({"ip link set dev", shell_word(call.link), "master", shell_word(call.bridge)});
}

std::string line(const RaiseLink& call, const Spelling&) {
    return joined({"ip link set dev", shell_word(call.link), "up"});
}

std::string line(const AddAddress& call, const Spelling&) {
    return joined({"ip address replace", shell_word(call.address), "broadcast + dev", shell_word(call.link)});
}

std::string line(const AddRoute& call, const Spelling&) {
    return joined({"ip route add", shell_word(call.to), call.via.empty() ? "" : "via " + shell_word(call.via), "dev",
                   shell_word(call.link)});
}

std::string line(const RemoveLink& call, const Spelling&) { return "ip link delete dev " + shell_word(call.link); }

// dnsmasq(8) would do for the names of one moment; who comes and goes later it is not told.
std::string line(const OpenResolver& call, const Spelling&) {
    return "nsenter --target " + pid_word(call.pid) +
           " --net dnsmasq --bind-interfaces --no-hosts --addn-hosts=names --listen-address=" +
           shell_word(call.address);
}

std::string line(const SetUpLink& call, const Spelling&) {
    const std::string link = shell_word(call.link);
    std::string inside = "ip address replace " + shell_word(call.address) + " broadcast + dev " + link +
                         " && ip link set dev " + link + " up";
    if (!call.via.empty()) {
        inside += " && ip route add default via " + shell_word(call.via) + " dev " + link;
    }
    return "nsenter --target " + pid_word(call.pid) + " --net sh -c " + shell_word(inside);
}

std::string nat_chain(const NatRule& rule) { return rule.what == "masquerade" ? "postrouting" : "prerouting"; }

std::string nat_text(const NatRule& rule) {
    if (rule.what == "masquerade") {
        return "ip saddr " + rule.subnet + " oifname != \"" + rule.bridge + "\" masquerade";
    }
    const bool any = rule.host_address.empty() || rule.host_address == "0.0.0.0";
    return (any ? "" : "ip daddr " + rule.host_address + " ") + rule.protocol + " dport " +
           std::to_string(rule.host_port) + " dnat to " + rule.address + ":" + std::to_string(rule.port);
}

std::string line(const AddNat& call, const Spelling&) {
    const std::string chain = nat_chain(call.rule);
    const std::string priority = chain == "postrouting" ? "100" : "-100";
    return "nft " +
           shell_word("add table ip cutaway; add chain ip cutaway " + chain + " { type nat hook " + chain +
                      " priority " + priority + "; }; add rule ip cutaway " + chain + " " + nat_text(call.rule));
}

std::string line(const RemoveNat& call, const Spelling&) {
    const std::string chain = nat_chain(call.rule);
    return "nft -a list chain ip cutaway " + chain + " | grep -F " + shell_word(nat_text(call.rule)) +
           " | sed 's/.*# handle //' | xargs -r -n 1 nft delete rule ip cutaway " + chain + " handle";
}

std::string line(const WriteSysctl& call, const Spelling&) {
    return "sysctl -q -w " + shell_word(call.key + "=" + call.value);
}

// --- HTTP -----------------------------------------------------------------------------------------------------------

std::string method_words(const std::string& method) {
    if (method == "GET") {
        return {};
    }
    return method == "HEAD" ? "--head" : "--request " + shell_word(method);
}

std::string line(const HttpRequest& call, const Spelling&) {
    std::string out = joined({"curl --silent --show-error", method_words(call.method)});
    for (const Pair& header : call.headers) {
        out += " --header " + shell_word(header.name + ": " + header.value);
    }
    return joined({out, call.body.empty() ? "" : "--data-binary " + shell_word(call.body), shell_word(call.url)});
}

std::string line(const ApiRequest& call, const Spelling&) {
    const std::string body =
        call.body.empty() ? "" : "--header 'Content-Type: application/json' --data-binary " + shell_word(call.body);
    return joined({"curl --silent --show-error --unix-socket /var/run/docker.sock", method_words(call.method), body,
                   shell_word("http://localhost" + call.path)});
}

// Those of core/world/bundle_call.h.
template <class Asked>
auto line(const Asked& call, const Spelling&) -> decltype(bundle_line(call)) {
    return bundle_line(call);
}

constexpr auto inside_kinds = std::to_array<std::string_view>(
    {Unshare::kind,           PivotRoot::kind,        MakeNode::kind,        MakeSymlink::kind,     ChangeDir::kind,
     SetHostname::kind,       SetUser::kind,          SetCapabilities::kind, NoNewPrivileges::kind, LoadSeccomp::kind,
     OpenTerminal::kind,      CloseDescriptors::kind, Execute::kind,         AddRoute::kind,        SetNamespace::kind,
     JoinNamespace::kind,     NewSession::kind,       SetLimit::kind,        SetOomScore::kind,     SetUmask::kind,
     SetCapabilitySets::kind, MakeDevice::kind,       FindProgram::kind});

}  // namespace

std::string shell_word(std::string_view text) {
    if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) {
        return std::string(text);
    }
    const auto odd = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '\''; };
    if (std::any_of(text.begin(), text.end(), odd)) {
        return escaped_word(text);
    }
    return "'" + std::string(text) + "'";
}

std::string by_hand(const Call& call, const Spelling& spelling) {
    return std::visit([&](const auto& one) { return line(one, spelling); }, call);
}

bool is_inside(const Call& call) {
    return std::find(inside_kinds.begin(), inside_kinds.end(), kind_of(call)) != inside_kinds.end();
}

std::string_view context_of(const PlannedNote& planned) {
    return planned.where == "init" ? "inside the new namespaces" : "on the host";
}

}  // namespace cutaway::world
