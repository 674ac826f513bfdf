// SPDX-License-Identifier: Apache-2.0
#include "viz/app/traces.h"

#include <algorithm>
#include <chrono>

#include "core/trace/bytes.h"
#include "core/trace/file.h"
#include "core/trace/line.h"
#include "viz/app/moments.h"

namespace cutaway::app {

namespace {

constexpr std::size_t most_recent = 8;

Result<Opened> open_either(const std::string& path, const cli::CommandLine& line, const std::function<void()>& wake) {
    if (!is_moment_file(path)) {
        return Opened{TRY(Session::recorded(path)), std::nullopt};
    }
    MomentFile moment = TRY(read_moment(path));
    if (!moment.head.lesson.empty()) {
        return Opened{nullptr, std::move(moment.head)};
    }
    Unpacked unpacked = TRY_IN("open the moment " + path, unpack(std::move(moment), line, wake));
    return Opened{std::move(unpacked.session), std::move(unpacked.head)};
}

}  // namespace

Opening::Opening(std::string path, const cli::CommandLine& line, std::function<void()> wake)
    : path_(std::move(path)), coming_(std::async(std::launch::async, [path = path_, line, wake = std::move(wake)] {
          Result<Opened> opened = open_either(path, line, wake);
          wake();
          return opened;
      })) {}

Opening::~Opening() = default;

std::optional<Result<Opened>> Opening::take() {
    if (coming_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
        return std::nullopt;
    }
    return coming_.get();
}

Status save_trace(const cli::Tape& tape, const std::string& path) {
    if (trace::open_bytes(path)) {
        return fail(Errc::exists, path + ": there is a file of that name already; choose another");
    }
    const std::unique_ptr<trace::StdioLines> file = TRY(trace::StdioLines::create(path));
    std::string line;
    trace::append_header(line, tape.header());
    TRY(file->line(line + "\n"));
    for (std::size_t n = 0; n < tape.size(); ++n) {
        TRY(file->line(tape.line(n) + "\n"));
    }
    return {};
}

std::vector<std::string> with_recent(std::vector<std::string> recent, const std::string& path) {
    recent.erase(std::remove(recent.begin(), recent.end(), path), recent.end());
    recent.insert(recent.begin(), path);
    recent.resize(std::min(recent.size(), most_recent));
    return recent;
}

}  // namespace cutaway::app
