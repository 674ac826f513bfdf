// SPDX-License-Identifier: Apache-2.0
#include "core/oci/runtime_spec.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "core/oci/spec_part.h"

namespace cutaway::oci {

namespace {

using Json = nlohmann::json;

SpecUser read_user(SpecPart& part) {
    SpecUser user;
    user.uid = part.number<std::uint32_t>("uid").value_or(0);
    user.gid = part.number<std::uint32_t>("gid").value_or(0);
    user.umask = part.number<std::uint32_t>("umask");
    if (const Json* groups = part.find("additionalGids"); groups != nullptr && groups->is_array()) {
        for (const Json& group : *groups) {
            const bool fits = group.is_number_unsigned() && group.get<std::uint64_t>() <= 0x7FFFFFFF;
            part.must(fits, "additionalGids", "holds something that is no group");
            user.additional_gids.push_back(fits ? group.get<std::uint32_t>() : 0);
        }
    } else {
        part.must(groups == nullptr, "additionalGids", "is not a list");
    }
    part.must(user.uid <= 0x7FFFFFFF && user.gid <= 0x7FFFFFFF, "uid", "and gid end at 2147483647");
    part.refuse({"username"}, "for other systems");
    return user;
}

SpecCapabilities read_capabilities(SpecPart& part) {
    SpecCapabilities sets;
    sets.bounding = part.texts("bounding");
    sets.effective = part.texts("effective");
    sets.inheritable = part.texts("inheritable");
    sets.permitted = part.texts("permitted");
    sets.ambient = part.texts("ambient");
    return sets;
}

void check_process(SpecPart& part, const SpecProcess& process) {
    part.must(!process.args.empty() && !process.args.front().empty(), "args", "names no program");
    part.must(process.cwd.starts_with('/'), "cwd", "is not an absolute path: \"" + process.cwd + "\"");
    for (const std::string& variable : process.env) {
        const std::size_t equals = variable.find('=');
        part.must(equals != std::string::npos && equals != 0, "env", "holds something without a name: " + variable);
    }
}

SpecProcess read_process(SpecPart& part) {
    SpecProcess process;
    process.terminal = part.flag("terminal");
    part.object("consoleSize", [&](SpecPart& one) {
        SpecConsoleSize size;
        size.height = one.number<std::uint16_t>("height").value_or(0);
        size.width = one.number<std::uint16_t>("width").value_or(0);
        process.console_size = size;
    });
    part.object("user", [&](SpecPart& one) { process.user = read_user(one); });
    process.args = part.texts("args");
    process.env = part.texts("env");
    process.cwd = part.text("cwd");
    part.object("capabilities", [&](SpecPart& one) { process.capabilities = read_capabilities(one); });
    part.each("rlimits", [&](SpecPart& one) {
        SpecLimit limit;
        limit.type = one.text("type");
        limit.soft = one.number<std::uint64_t>("soft").value_or(0);
        limit.hard = one.number<std::uint64_t>("hard").value_or(0);
        const bool twice = std::any_of(process.limits.begin(), process.limits.end(),
                                       [&](const SpecLimit& other) { return other.type == limit.type; });
        one.must(!twice, "type", "is there twice: " + limit.type);
        process.limits.push_back(std::move(limit));
    });
    process.no_new_privileges = part.flag("noNewPrivileges");
    process.oom_score_adj = part.number<std::int32_t>("oomScoreAdj");
    part.refuse({"apparmorProfile", "selinuxLabel", "ioPriority", "scheduler", "execCPUAffinity"});
    part.refuse({"commandLine"}, "for other systems");
    check_process(part, process);
    return process;
}

SpecHook read_hook(SpecPart& part) {
    SpecHook hook;
    hook.path = part.text("path");
    hook.args = part.texts("args");
    hook.env = part.texts("env");
    hook.timeout_s = part.number<std::int64_t>("timeout");
    part.must(hook.path.starts_with('/'), "path", "is not an absolute path");
    part.must(!hook.timeout_s || *hook.timeout_s > 0, "timeout", "is not greater than zero");
    return hook;
}

SpecHooks read_hooks(SpecPart& part) {
    SpecHooks hooks;
    const auto all = [&](const char* key, std::vector<SpecHook>& into) {
        part.each(key, [&](SpecPart& one) { into.push_back(read_hook(one)); });
    };
    all("prestart", hooks.prestart);
    all("createRuntime", hooks.create_runtime);
    all("poststart", hooks.poststart);
    all("poststop", hooks.poststop);
    part.refuse({"createContainer", "startContainer"});
    return hooks;
}

SpecMount read_mount(SpecPart& part) {
    SpecMount mount;
    mount.destination = part.text("destination");
    mount.type = part.text("type");
    mount.source = part.text("source");
    mount.options = part.texts("options");
    part.must(mount.destination.starts_with('/'), "destination", "is not an absolute path: " + mount.destination);
    part.refuse({"uidMappings", "gidMappings"});
    return mount;
}

SpecDevice read_device(SpecPart& part) {
    SpecDevice device;
    device.path = part.text("path");
    device.type = part.text("type");
    device.major = part.number<std::int64_t>("major").value_or(0);
    device.minor = part.number<std::int64_t>("minor").value_or(0);
    device.mode = part.number<std::uint32_t>("fileMode").value_or(0666);
    device.uid = part.number<std::uint32_t>("uid").value_or(0);
    device.gid = part.number<std::uint32_t>("gid").value_or(0);
    const bool known = device.type == "c" || device.type == "b" || device.type == "u" || device.type == "p";
    part.must(known, "type", "is not a kind of device: " + device.type);
    part.must(device.path.starts_with('/'), "path", "is not an absolute path: " + device.path);
    part.must(device.major >= 0 && device.minor >= 0, "major", "and minor are not numbers of a device");
    return device;
}

// Its words are checked where they are made into rules; here what rules cannot say is refused.
std::string read_seccomp(SpecPart& part, const Json& json) {
    for (const char* key : {"defaultAction", "defaultErrnoRet", "architectures"}) {
        static_cast<void>(part.find(key));
    }
    part.refuse({"listenerPath", "listenerMetadata"});
    for (const std::string& flag : part.texts("flags")) {
        // One thread alone loads it: there is nothing to synchronise.
        part.must(flag == "SECCOMP_FILTER_FLAG_TSYNC", "flags", "holds what is not supported: " + flag);
    }
    part.each("syscalls", [](SpecPart& one) {
        for (const char* key : {"names", "action", "errnoRet"}) {
            static_cast<void>(one.find(key));
        }
        one.each("args", [](SpecPart& arg) {
            for (const char* key : {"index", "value", "valueTwo", "op"}) {
                static_cast<void>(arg.find(key));
            }
        });
    });
    return json.dump();
}

void read_namespaces(SpecPart& part, SpecLinux& into) {
    part.each("namespaces", [&](SpecPart& one) {
        SpecNamespace space{one.text("type"), one.text("path")};
        constexpr auto known = std::to_array<std::string_view>({"pid", "network", "mount", "ipc", "uts", "cgroup"});
        if (space.type == "user" || space.type == "time") {
            one.reading().fail_with(Errc::unsupported,
                                    one.name_of("type") + ": a " + space.type + " namespace is not supported");
        }
        one.must(std::find(known.begin(), known.end(), space.type) != known.end(), "type",
                 "is not a namespace: " + space.type);
        const bool twice = std::any_of(into.namespaces.begin(), into.namespaces.end(),
                                       [&](const SpecNamespace& other) { return other.type == space.type; });
        one.must(!twice, "type", "is there twice: " + space.type);
        one.must(space.path.empty() || space.path.starts_with('/'), "path", "is not an absolute path");
        into.namespaces.push_back(std::move(space));
    });
}

SpecLinux read_linux(SpecPart& part) {
    SpecLinux on_linux;
    read_namespaces(part, on_linux);
    part.each("devices", [&](SpecPart& one) { on_linux.devices.push_back(read_device(one)); });
    on_linux.cgroups_path = part.text("cgroupsPath");
    part.object("resources", [&](SpecPart& one) { on_linux.resources = read_resources(one); });
    on_linux.rootfs_propagation = part.text("rootfsPropagation");
    if (const Json* seccomp = part.find("seccomp"); seccomp != nullptr) {
        SpecPart one(*seccomp, part.name_of("seccomp"), part.reading());
        on_linux.seccomp = read_seccomp(one, *seccomp);
    }
    on_linux.sysctl = part.pairs("sysctl");
    on_linux.masked_paths = part.texts("maskedPaths");
    on_linux.read_only_paths = part.texts("readonlyPaths");
    part.refuse({"uidMappings", "gidMappings", "intelRdt", "mountLabel", "personality", "timeOffsets", "memoryPolicy",
                 "netDevices"});
    return on_linux;
}

void read_document(SpecPart& part, RuntimeSpec& spec) {
    spec.version = part.text("ociVersion");
    part.must(spec.version.starts_with("1."), "ociVersion", "is not a version that is known here: " + spec.version);
    part.must(part.find("root") != nullptr, "root", "is missing");
    part.must(part.find("process") != nullptr, "process", "is missing");
    part.object("root", [&](SpecPart& one) {
        spec.root_path = one.text("path");
        spec.root_read_only = one.flag("readonly");
        one.must(!spec.root_path.empty(), "path", "is empty");
    });
    part.each("mounts", [&](SpecPart& one) { spec.mounts.push_back(read_mount(one)); });
    part.object("process", [&](SpecPart& one) { spec.process = read_process(one); });
    part.object("hooks", [&](SpecPart& one) { spec.hooks = read_hooks(one); });
    spec.hostname = part.text("hostname");
    spec.domainname = part.text("domainname");
    spec.annotations = part.pairs("annotations");
    part.object("linux", [&](SpecPart& one) { spec.on_linux = read_linux(one); });
    part.refuse({"windows", "solaris", "vm", "zos", "freebsd"}, "for other systems");
}

}  // namespace

Result<RuntimeSpec> parse_runtime_spec(std::string_view text) {
    const Json json = Json::parse(text.begin(), text.end(), nullptr, false);
    if (json.is_discarded()) {
        return fail(Errc::invalid, "config.json is not JSON");
    }
    Reading reading;
    RuntimeSpec spec;
    {
        SpecPart part(json, "", reading);
        read_document(part, spec);
    }
    if (reading.error) {
        return *reading.error;
    }
    spec.ignored = std::move(reading.ignored);
    return spec;
}

Result<SpecProcess> parse_process(std::string_view text) {
    const Json json = Json::parse(text.begin(), text.end(), nullptr, false);
    if (json.is_discarded()) {
        return fail(Errc::invalid, "the process is not JSON");
    }
    Reading reading;
    SpecProcess process;
    {
        SpecPart part(json, "process", reading);
        process = read_process(part);
    }
    return reading.error ? Result<SpecProcess>(*reading.error) : Result<SpecProcess>(std::move(process));
}

}  // namespace cutaway::oci
