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

using Rows = std::vector<std::vector<std::string>>;

Result<Rows> sample(Invocation& call) {
    std::vector<std::string> names = call.given.arguments;
    if (names.empty()) {
        for (const store::ContainerRecord& record : TRY(call.engine.containers())) {
            if (call.given.on("all") || store::is_up(record)) {
                names.push_back(record.id);
            }
        }
    }
    Rows rows;
    for (const std::string& name : names) {
        const engine::ContainerStats one = TRY(call.engine.stats(name));
        const double share =
            one.memory_limit == 0 ? 0 : 100.0 * static_cast<double>(one.memory) / static_cast<double>(one.memory_limit);
        rows.push_back({call.given.on("no-trunc") ? one.id : store::short_id(one.id), one.name,
                        printed("%.2f%%", one.cpu_percent),
                        binary_size(one.memory) + " / " + binary_size(one.memory_limit), printed("%.2f%%", share), "--",
                        "--", std::to_string(one.processes)});  // not counted, so not claimed
    }
    return rows;
}

Result<std::string> statistics(Invocation& call) {
    Rows rows = TRY(sample(call));
    if (call.given.has("format")) {
        return formatted(call.given.text("format"),
                         {{"ID", "CONTAINER ID"},
                          {"Name", "NAME"},
                          {"CPUPerc", "CPU %"},
                          {"MemUsage", "MEM USAGE / LIMIT"},
                          {"MemPerc", "MEM %"},
                          {"NetIO", "NET I/O"},
                          {"BlockIO", "BLOCK I/O"},
                          {"PIDs", "PIDS"}},
                         rows);
    }
    rows.insert(rows.begin(),
                {"CONTAINER ID", "NAME", "CPU %", "MEM USAGE / LIMIT", "MEM %", "NET I/O", "BLOCK I/O", "PIDS"});
    return table(rows);
}

// As docker draws it: from the top of the screen, each line's rest wiped, and what is left below.
std::string over_the_last(const std::string& text) {
    std::string drawn = "\x1b[H";
    for (const char c : text) {
        drawn += c == '\n' ? "\x1b[K\n" : std::string(1, c);
    }
    return drawn + "\x1b[J";
}

int stats(Invocation& call) {
    constexpr std::int64_t between_looks = 1'000'000'000;
    const bool once = call.given.on("no-stream");
    while (true) {
        const Result<std::string> text = statistics(call);
        if (!text) {
            return refuse(call, text.error());
        }
        call.console.out(once ? *text : over_the_last(*text));
        call.console.flush();
        if (once) {
            return 0;
        }
        if (const Status waited = call.engine.world().clock.sleep(between_looks); !waited) {
            return waited.error().code == Errc::cancelled ? 0 : refuse(call, waited.error());
        }
    }
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
