// SPDX-License-Identifier: Apache-2.0
// Stage: one machine and one tape, on which commands are performed one after another: what a terminal, a lesson and the
// window have in common. Each command opens a simulated world anew (so that what others did meanwhile is there, and the
// time between has passed) and lets it go at its end; the real one stays open, so that what its watch knows goes on. The
// recorder, its gate and its sinks stay. A composition root's part.
// perform() is for one thread at a time; cancel() for any. The gate calls park() and unpark() around a wait.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/cli/command_line.h"
#include "core/cli/console.h"
#include "core/cli/root_moment.h"
#include "core/cli/root_session.h"
#include "core/trace/recorder.h"
#include "core/trace/traced.h"

namespace cutaway::cli {

class Stage {
public:
    // Looks at the world once, so that one that cannot be opened is told at once. `line.words` are not performed.
    static Result<std::unique_ptr<Stage>> open(const CommandLine& line);
    // A machine that was put away, and a tape that others have begun with all that it went through: so much time has
    // passed since, whatever the wall clock says, and nothing is told twice.
    static Result<std::unique_ptr<Stage>> open_again(const CommandLine& line, std::int64_t since_ns);
    ~Stage();
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    [[nodiscard]] const trace::Header& header() const { return header_; }
    trace::Recorder& recorder() { return *recorder_; }

    // From now on the tape begins with what earlier commands left, and so does it again whenever others (a second
    // terminal) acted between two commands of this one. To be asked for by whoever keeps or shows the tape.
    void tell_history() { tells_history_ = true; }

    // The next command is the last thing this process does.
    void end_with_process() { ends_with_process_ = true; }

    // One docker command ("run", "nginx"), `sh` ("sh", "-c", "curl …"), or an error told on the console; the exit status.
    int perform(const std::vector<std::string>& words, Console& console);
    void rest();  // nothing is performed now: the world that open() left open is let go
    // Of each command that was performed, in the tape's order. Any thread.
    [[nodiscard]] std::vector<Boundary> boundaries() const;
    void cancel();
    void park();
    void unpark();

private:
    class Time;
    class Journal;
    explicit Stage(CommandLine line);
    Status enter();
    void turn_page();
    Status introduce(trace::TracedWorld& traced, const std::vector<std::string>& words);
    int wind(const std::vector<std::string>& words, Console& console);
    Status leave();
    int shell(const std::vector<std::string>& words, Console& console);
    int fault(const std::vector<std::string>& words, Console& console);
    int verb(const std::vector<std::string>& words, trace::TracedWorld& traced, Console& console);

    CommandLine line_;
    bool tells_history_ = false;
    bool ends_with_process_ = false;
    bool is_wound_ = false;        // the machine went back since the tape's last event
    std::uint64_t told_ = 0;       // events of the machine's journal that this tape accounts for
    std::uint64_t opened_on_ = 0;  // which event of its page, when the world was opened
    trace::Header header_;
    mutable std::mutex mutex_;  // guards session_ against cancel(), and boundaries_
    std::vector<Boundary> boundaries_;
    Boundary next_;  // of the command that is introduced
    std::unique_ptr<Session> session_;
    std::unique_ptr<Time> time_;
    std::unique_ptr<Journal> journal_;
    std::unique_ptr<trace::Recorder> recorder_;
};

}  // namespace cutaway::cli
