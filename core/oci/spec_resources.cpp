// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "core/oci/spec_part.h"

namespace cutaway::oci {

namespace {

SpecMemory read_memory(SpecPart& part) {
    SpecMemory memory;
    memory.limit = part.number<std::int64_t>("limit");
    memory.reservation = part.number<std::int64_t>("reservation");
    memory.swap = part.number<std::int64_t>("swap");
    memory.swappiness = part.number<std::uint64_t>("swappiness");
    memory.disable_oom_killer = part.flag("disableOOMKiller");
    part.refuse({"kernel", "kernelTCP"}, "gone from the kernel, and not supported");
    part.refuse({"useHierarchy", "checkBeforeUpdate"});
    return memory;
}

SpecCpu read_cpu(SpecPart& part) {
    SpecCpu cpu;
    cpu.shares = part.number<std::uint64_t>("shares");
    cpu.quota = part.number<std::int64_t>("quota");
    cpu.burst = part.number<std::uint64_t>("burst");
    cpu.period = part.number<std::uint64_t>("period");
    cpu.idle = part.number<std::int64_t>("idle");
    cpu.cpus = part.text("cpus");
    cpu.mems = part.text("mems");
    part.refuse({"realtimeRuntime", "realtimePeriod"});
    return cpu;
}

void read_io(SpecPart& part, SpecResources& resources) {
    resources.io_weight = part.number<std::uint16_t>("weight");
    for (const char* what :
         {"throttleReadBpsDevice", "throttleWriteBpsDevice", "throttleReadIOPSDevice", "throttleWriteIOPSDevice"}) {
        part.each(what, [&](SpecPart& one) {
            SpecThrottle throttle;
            throttle.what = what;
            throttle.major = one.number<std::int64_t>("major").value_or(0);
            throttle.minor = one.number<std::int64_t>("minor").value_or(0);
            throttle.rate = one.number<std::uint64_t>("rate").value_or(0);
            resources.throttles.push_back(std::move(throttle));
        });
    }
    part.refuse({"leafWeight", "weightDevice"});
}

SpecDeviceRule read_rule(SpecPart& part) {
    SpecDeviceRule rule;
    rule.allow = part.flag("allow");
    const std::string type = part.text("type");
    rule.type = type.empty() ? "a" : type == "u" ? "c" : type;
    rule.major = part.number<std::int64_t>("major").value_or(-1);
    rule.minor = part.number<std::int64_t>("minor").value_or(-1);
    const std::string access = part.text("access");
    rule.access = access.empty() ? "rwm" : access;
    part.must(rule.type == "a" || rule.type == "b" || rule.type == "c", "type", "is not a kind of device: " + type);
    part.must(rule.access.find_first_not_of("rwm") == std::string::npos, "access", "may hold r, w and m: " + access);
    return rule;
}

}  // namespace

SpecResources read_resources(SpecPart& part) {
    SpecResources resources;
    part.each("devices", [&](SpecPart& one) { resources.devices.push_back(read_rule(one)); });
    part.object("memory", [&](SpecPart& one) { resources.memory = read_memory(one); });
    part.object("cpu", [&](SpecPart& one) { resources.cpu = read_cpu(one); });
    part.object("pids", [&](SpecPart& one) { resources.pids = one.number<std::int64_t>("limit"); });
    part.object("blockIO", [&](SpecPart& one) { read_io(one, resources); });
    part.each("hugepageLimits", [&](SpecPart& one) {
        SpecHugepages huge;
        huge.page_size = one.text("pageSize");
        huge.limit = one.number<std::uint64_t>("limit").value_or(0);
        const bool plain = !huge.page_size.empty() && huge.page_size.find('/') == std::string::npos;
        one.must(plain, "pageSize", "is not a size of pages: " + huge.page_size);
        resources.hugepages.push_back(std::move(huge));
    });
    resources.unified = part.pairs("unified");
    for (const auto& [file, value] : resources.unified) {
        part.must(!file.empty() && file.find('/') == std::string::npos, "unified", "names no file: " + file);
    }
    part.refuse({"rdma", "network"});
    return resources;
}

Result<SpecResources> parse_resources(std::string_view text) {
    const nlohmann::json json = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
    if (json.is_discarded()) {
        return fail(Errc::invalid, "the resources are not JSON");
    }
    Reading reading;
    SpecResources resources;
    {
        SpecPart part(json, "resources", reading);
        resources = read_resources(part);
    }
    return reading.error ? Result<SpecResources>(*reading.error) : Result<SpecResources>(std::move(resources));
}

}  // namespace cutaway::oci
