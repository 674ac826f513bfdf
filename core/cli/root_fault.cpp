// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_fault.h"

#include <charconv>

#include "core/cli/flags.h"
#include "core/model/registry_server.h"

namespace cutaway::cli {

namespace {

using model::FaultKind;
using model::RegistryFault;

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t longest_s = 86'400;

constexpr const char* usage =
    R"(Usage:  cutaway model fault KIND [OPTIONS]
        cutaway model fault list
        cutaway model fault clear

Let the simulated registries do something wrong from now on

Kinds:
  corrupt      A byte of a layer differs                        (for ever)
  truncated    A layer ends too early, and says so              (for ever)
  reset        The connection is lost in a layer                (once)
  401, 403     Nobody is known; it is forbidden                 (for ever)
  404          The manifest is unknown                          (for ever)
  429          Too many requests, with Retry-After: 5           (once)
  500 to 599   The server fails                                 (once)
  slow         An answer takes ten seconds longer               (once)
  refused      No connection                                    (for ever)

Options:
      --at TEXT         Of requests whose address holds this
      --method METHOD   Of requests with this method: GET, HEAD, POST, PATCH, PUT
      --times N         So many times; 0: until it is cleared
      --skip N          Let so many pass first (of layers: 1, for the first blob of a pull is the image's config)
      --offset N        The byte at which it happens
      --seconds N       How long to wait: of slow, and in a Retry-After
)";

const std::vector<FlagSpec>& flags() {
    static const std::vector<FlagSpec> all{
        {"at", 0, FlagKind::text, "", ""},       {"method", 0, FlagKind::text, "", ""},
        {"times", 0, FlagKind::number, "", ""},  {"skip", 0, FlagKind::number, "", ""},
        {"offset", 0, FlagKind::number, "", ""}, {"seconds", 0, FlagKind::number, "", ""}};
    return all;
}

ShellOutput wrong(const std::string& text) { return {"", text + "\n", 1}; }

RegistryFault of_layers(FaultKind what, std::uint64_t offset, std::uint32_t times) {
    RegistryFault fault;
    fault.what = what;
    fault.method = "GET";
    fault.where = "/blob";
    fault.offset = offset;
    fault.skip = 1;
    fault.times = times;
    return fault;
}

RegistryFault refusal(int status) {
    RegistryFault fault;
    fault.status = status;
    fault.times = status == 429 || status >= 500 ? 1 : 0;
    fault.where = status >= 500 ? "/v2/" : "/manifests/";
    fault.retry_after = status == 429 ? "5" : "";
    const auto says = [&fault](const char* code, const char* message) {
        fault.code = code;
        fault.message = message;
    };
    switch (status) {
        case 401: says("UNAUTHORIZED", "authentication required"); break;
        case 403: says("DENIED", "requested access to the resource is denied"); break;
        case 404: says("MANIFEST_UNKNOWN", "manifest unknown"); break;
        case 429:
            says("TOOMANYREQUESTS",
                 "You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit");
            break;
        default: break;
    }
    return fault;
}

Result<RegistryFault> fault_named(const std::string& kind) {
    RegistryFault fault;
    int status = 0;
    const auto number = std::from_chars(kind.data(), kind.data() + kind.size(), status);
    const bool known = status == 401 || status == 403 || status == 404 || status == 429 || status / 100 == 5;
    if (number.ec == std::errc{} && number.ptr == kind.data() + kind.size() && known) {
        return refusal(status);
    }
    if (kind == "corrupt") {
        return of_layers(FaultKind::corrupt, 42, 0);
    }
    if (kind == "truncated") {
        return of_layers(FaultKind::truncate, 42, 0);
    }
    if (kind == "reset") {
        return of_layers(FaultKind::reset, 42, 1);
    }
    if (kind == "slow") {
        fault.what = FaultKind::slow;
        fault.where = "/v2/";
        fault.delay_ns = 10 * second_ns;
        return fault;
    }
    if (kind == "refused") {
        fault.what = FaultKind::refuse;
        fault.where = "/v2/";
        fault.times = 0;
        return fault;
    }
    return fail(Errc::invalid, "there is no fault \"" + kind + "\"; cutaway model fault --help lists them");
}

// What was typed besides the kind.
Status adjust(RegistryFault& fault, const Parsed& given) {
    const auto number = [&given](const char* name, std::int64_t most) -> Result<std::optional<std::int64_t>> {
        const std::optional<std::int64_t> value = given.number(name);
        if (value && (*value < 0 || *value > most)) {
            return fail(Errc::invalid, "--" + std::string(name) + " takes a number from 0 to " + std::to_string(most));
        }
        return value;
    };
    fault.where = given.has("at") ? given.text("at") : fault.where;
    fault.method = given.has("method") ? given.text("method") : fault.method;
    fault.times = static_cast<std::uint32_t>(TRY(number("times", 1'000'000)).value_or(fault.times));
    fault.skip = static_cast<std::uint32_t>(TRY(number("skip", 1'000'000)).value_or(fault.skip));
    fault.offset =
        static_cast<std::uint64_t>(TRY(number("offset", INT64_MAX)).value_or(static_cast<std::int64_t>(fault.offset)));
    if (const std::optional<std::int64_t> seconds = TRY(number("seconds", longest_s))) {
        fault.delay_ns = fault.what == FaultKind::slow ? *seconds * second_ns : 0;
        fault.retry_after = fault.what == FaultKind::status ? std::to_string(*seconds) : "";
    }
    return {};
}

std::string line_of(const RegistryFault& fault) {
    const std::string what = fault.what == FaultKind::status     ? std::to_string(fault.status)
                             : fault.what == FaultKind::truncate ? "truncated"
                             : fault.what == FaultKind::refuse   ? "refused"
                                                                 : std::string(to_name(fault.what));
    std::string line = what + "  " + (fault.method.empty() ? "any method" : fault.method) + "  " +
                       (fault.where.empty() ? "any address" : "at " + fault.where);
    line += fault.skip > 0 ? ", after " + std::to_string(fault.skip) + " more" : "";
    return line +
           (fault.times == 0 ? ", for ever"
                             : ", " + std::to_string(fault.times) + " time" + (fault.times == 1 ? "" : "s")) +
           "\n";
}

}  // namespace

ShellOutput fault_command(model::RegistryServer& registry, const std::vector<std::string>& words) {
    const std::string first = words.empty() ? "--help" : words.front();
    if (first == "--help" || first == "-h" || (words.size() > 1 && words[1] == "--help")) {
        return {usage, "", words.empty() ? 1 : 0};
    }
    if (first == "list" || first == "clear") {
        if (words.size() > 1) {
            return wrong("cutaway model fault " + first + " takes no arguments");
        }
        std::string out;
        for (const RegistryFault& fault : registry.state().faults) {
            out += line_of(fault);
        }
        if (first == "clear") {
            registry.clear_faults();
            out.clear();
        }
        return {out, "", 0};
    }
    const Result<Parsed> given = parse_flags({words.begin() + 1, words.end()}, flags(), Mix::anywhere);
    if (!given || !given->arguments.empty()) {
        return wrong(given ? "one kind at a time: " + given->arguments.front() + " is too much" : given.error().doing);
    }
    Result<RegistryFault> fault = fault_named(first);
    const Status adjusted = fault ? adjust(*fault, *given) : Status(fault.error());
    if (!adjusted) {
        return wrong(adjusted.error().doing);
    }
    registry.add_fault(*fault);
    return {line_of(*fault), "", 0};
}

}  // namespace cutaway::cli
