// SPDX-License-Identifier: Apache-2.0
// Session: one tape and, if it is live, the machine behind it. A worker thread runs the engine through the stage; its
// events and its text arrive in an inbox, and poll() takes them in on the owner's thread. Everything but `wake` is the
// owner's thread's alone. Closing it cancels what runs; nothing that happened is lost: the machine's journal has it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/cli/command_line.h"
#include "core/cli/root_moment.h"
#include "core/cli/stepper_tape.h"
#include "core/trace/breakpoints.h"
#include "viz/app/performer.h"
#include "viz/terminal/screen.h"
#include "viz/terminal/typing.h"
#include "viz/view/story.h"

namespace cutaway::app {

class Session {
public:
    // `wake` may be called from the worker whenever there is something to poll.
    static Result<std::unique_ptr<Session>> live(const cli::CommandLine& line, std::function<void()> wake);
    // A machine that was put away, in its root, with the tape that it had then.
    struct Before {
        trace::Header header;
        std::vector<trace::Event> events;
        std::vector<cli::Boundary> boundaries;
        std::int64_t since_ns = 0;  // how much time has passed there
    };
    static Result<std::unique_ptr<Session>> continued(const cli::CommandLine& line, const Before& before,
                                                      std::function<void()> wake);
    static std::unique_ptr<Session> performed_by(const trace::Header& header, std::unique_ptr<Performer> performer);
    static Result<std::unique_ptr<Session>> recorded(const std::string& path);
    static Result<std::unique_ptr<Session>> recorded_in(std::string text);  // a trace's
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    bool poll();  // whether anything came
    // Waits until the worker stands at a stop or is done with all commands, at most that long; polls on the way.
    bool settle(std::int64_t timeout_ns);

    // One docker command, or `sh`; it stops where `mode` says. Errc::conflict while another runs, or in a recording.
    Status perform(const std::vector<std::string>& words, trace::StepMode mode);
    bool resume(trace::StepMode mode);                        // false: a lesson holds the command, and lets it go on
    void stop_at(const std::vector<cli::StopPoint>& points);  // from now on, until the next such call
    void pause();
    void give_up();

    // The simulated machine at the nearest place not behind `position` where it was kept: before a command, or now.
    struct Copy {
        cli::MachineFiles files;
        std::uint64_t position = 0;             // where on the tape that is
        std::string next;                       // the command that came then; empty: it is the machine as it is now
        std::vector<cli::Boundary> boundaries;  // of the commands before
    };
    Result<Copy> machine_at(std::uint64_t position);
    void rest() {  // holds no machine while nothing is performed
        if (worker_ != nullptr) {
            worker_->rest();
        }
    }
    // Its root goes with the session.
    void own(cli::ScratchRoot root) { scratch_ = std::make_unique<cli::ScratchRoot>(std::move(root)); }
    [[nodiscard]] bool is_scratch() const { return scratch_ != nullptr; }
    [[nodiscard]] const std::string& root() const { return root_; }  // of a simulated machine of one's own; or empty

    [[nodiscard]] bool is_resting() const { return worker_ == nullptr || resting_; }
    [[nodiscard]] bool is_recorded() const { return worker_ == nullptr; }
    [[nodiscard]] bool is_elsewhere() const { return worker_ != nullptr && worker_->is_elsewhere(); }
    [[nodiscard]] bool working() const { return working_; }
    [[nodiscard]] const std::optional<trace::Event>& waiting() const { return waiting_; }  // what it stands before
    [[nodiscard]] const cli::Tape& tape() const { return *tape_; }
    [[nodiscard]] const view::Story& story() const { return story_; }
    [[nodiscard]] const std::string& output() const { return output_; }  // all that was printed, newest last
    void print(const std::string& text);

    // The command takes what is typed: its container's input, or the answer to a question. "" ends the input.
    [[nodiscard]] bool hears() const { return hears_; }
    void hear(const std::string& typed);

    // What was printed as a terminal shows it; while a container's terminal is attached, every key is the container's.
    [[nodiscard]] const terminal::Screen& screen() const { return *screen_; }
    [[nodiscard]] bool keys() const { return keys_; }
    void press(const terminal::Press& press);
    void paste(const std::string& text);
    void resize(terminal::Size size);

private:
    Session();
    static std::unique_ptr<Session> recorded(trace::Trace trace);
    void show(std::string_view bytes);
    void take_typed(const terminal::Typed& typed);
    [[nodiscard]] bool simulated() const;
    void open_root(const cli::CommandLine& line);
    [[nodiscard]] std::vector<cli::Boundary> boundaries() const;
    void renumber(trace::Event& event) const;
    std::unique_ptr<cli::ScratchRoot> scratch_;  // goes last
    std::string root_;
    std::vector<cli::Boundary> boundaries_;  // of what the tape began with
    std::uint64_t events_before_ = 0;        // so many, and so many spans
    std::uint32_t spans_before_ = 0;
    std::unique_ptr<trace::Trace> trace_;
    std::unique_ptr<cli::Tape> tape_;
    view::Story story_;
    std::string output_;
    bool working_ = false;
    std::unique_ptr<terminal::Screen> screen_;
    std::string shown_;  // what the screen was fed, so that another width can show it anew
    terminal::Typing typing_;
    bool hears_ = false;
    bool keys_ = false;
    bool resting_ = true;
    std::optional<trace::Event> waiting_;
    std::unique_ptr<Performer> worker_;
};

// A command line as typed: words, quotes, backslashes; a leading "docker" or "cutaway" is dropped.
Result<std::vector<std::string>> words_of(const std::string& line);

}  // namespace cutaway::app
