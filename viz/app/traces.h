// SPDX-License-Identifier: Apache-2.0
// Traces and moments on disk: opening one, which takes its time and so a thread, and saving a tape as one. An old file is never
// replaced. One owner and thread; `wake` comes from the other.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "viz/app/moment_file.h"
#include "viz/app/session.h"

namespace cutaway::app {

struct Opened {
    std::unique_ptr<Session> session;  // null: a lesson's moment has none of its own
    std::optional<MomentHead> moment;  // of a file that is one
};

class Opening {
public:
    // `line`: how a moment's machine is opened.
    Opening(std::string path, const cli::CommandLine& line, std::function<void()> wake);
    ~Opening();  // waits for it
    Opening(const Opening&) = delete;
    Opening& operator=(const Opening&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    // Nothing: it is still being read. To be asked until it answers, and not again.
    std::optional<Result<Opened>> take();

private:
    std::string path_;
    std::future<Result<Opened>> coming_;
};

// Errc::exists: there is a file of that name already.
Status save_trace(const cli::Tape& tape, const std::string& path);

// The newest first, each once, a few.
std::vector<std::string> with_recent(std::vector<std::string> recent, const std::string& path);

}  // namespace cutaway::app
