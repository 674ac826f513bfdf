// SPDX-License-Identifier: Apache-2.0
// The verbs that look into a container: diff, top, stats.
#include <array>
#include <cstdio>

#include "core/cli/rows.h"
#include "core/cli/text.h"
#include "core/cli/verb.h"
#include "core/engine/observe.h"
#include "core/store/ids.h"

namespace cutaway::cli {

namespace {

int diff(Invocation& call) {
    const auto changes = engine::diff(call.engine, call.given.arguments.front());
    if (!changes) {
        return refuse(call, changes.error());
    }
    for (const engine::Change& change : *changes) {
        call.console.out(std::string(1, change.kind) + " " + change.path + "\n");
    }
    return 0;
}

int top(Invocation& call) {
    std::string options;
    for (std::size_t i = 1; i < call.given.arguments.size(); ++i) {
        options += (i > 1 ? " " : "") + call.given.arguments[i];
    }
    const auto listed = call.engine.top(call.given.arguments.front(), options);
    if (!listed) {
        return refuse(call, listed.error());
    }
    std::vector<std::vector<std::string>> rows{listed->titles};
    rows.insert(rows.end(), listed->rows.begin(), listed->rows.end());
    call.console.out(table(rows));
    return 0;
}

std::string printed(const char* format, double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), format, value);
    return text.data();
}

// Docker's BytesSize: powers of 1024, four digits.
std::string binary_size(std::uint64_t bytes) {
    constexpr std::array<const char*, 5> units{"B", "KiB", "MiB", "GiB", "TiB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1024.0 && unit + 1 < units.size()) {
        value /= 1024.0;
        ++unit;
    }
    return printed("%.4g", value) + units.at(unit);
}

int stats(Invocation& call) {
    if (!call.given.on("no-stream")) {
        call.console.err("docker: a stream of statistics is not here yet: use --no-stream\n");
        return 125;
    }
    std::vector<std::string> names = call.given.arguments;
    if (names.empty()) {
        const auto all = call.engine.containers();
        if (!all) {
            return refuse(call, all.error());
        }
        for (const store::ContainerRecord& record : *all) {
            if (call.given.on("all") || store::is_up(record)) {
                names.push_back(record.id);
            }
        }
    }
    std::vector<std::vector<std::string>> rows;
    for (const std::string& name : names) {
        const auto one = call.engine.stats(name);
        if (!one) {
            return refuse(call, one.error());
        }
        const double share = one->memory_limit == 0
                                 ? 0
                                 : 100.0 * static_cast<double>(one->memory) / static_cast<double>(one->memory_limit);
        rows.push_back({call.given.on("no-trunc") ? one->id : store::short_id(one->id), one->name,
                        printed("%.2f%%", one->cpu_percent),
                        binary_size(one->memory) + " / " + binary_size(one->memory_limit), printed("%.2f%%", share),
                        "--", "--", std::to_string(one->processes)});  // not counted, so not claimed
    }
    if (call.given.has("format")) {
        const Result<std::string> text = formatted(call.given.text("format"),
                                                   {{"ID", "CONTAINER ID"},
                                                    {"Name", "NAME"},
                                                    {"CPUPerc", "CPU %"},
                                                    {"MemUsage", "MEM USAGE / LIMIT"},
                                                    {"MemPerc", "MEM %"},
                                                    {"NetIO", "NET I/O"},
                                                    {"BlockIO", "BLOCK I/O"},
                                                    {"PIDs", "PIDS"}},
                                                   rows);
        text ? call.console.out(*text) : call.console.err(text.error().doing + "\n");
        return text ? 0 : 1;
    }
    rows.insert(rows.begin(),
                {"CONTAINER ID", "NAME", "CPU %", "MEM USAGE / LIMIT", "MEM %", "NET I/O", "BLOCK I/O", "PIDS"});
    call.console.out(table(rows));
    return 0;
}

}  // namespace

const std::vector<Verb>& observing_verbs() {
    static const std::vector<Verb> verbs{
        {"diff",
         "container",
         "",
         "CONTAINER",
         "Inspect changes to files or directories on a container's filesystem",
         {},
         Mix::anywhere,
         1,
         1,
         diff},
        {"top",
         "container",
         "",
         "CONTAINER [ps OPTIONS]",
         "Display the running processes of a container",
         {},
         Mix::before_arguments,
         1,
         -1,
         top},
        {"stats",
         "container",
         "",
         "[OPTIONS] [CONTAINER...]",
         "Display a live stream of container(s) resource usage statistics",
         {{"all", 'a', FlagKind::boolean, "Show all containers (default shows just running)", ""},
          {"format", 0, FlagKind::text, "Format output using a custom template", ""},
          {"no-trunc", 0, FlagKind::boolean, "Do not truncate output", ""},
          {"no-stream", 0, FlagKind::boolean, "Disable streaming stats and only pull the first result", ""}},
         Mix::anywhere,
         0,
         -1,
         stats}};
    return verbs;
}

}  // namespace cutaway::cli
