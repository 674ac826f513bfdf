// SPDX-License-Identifier: Apache-2.0
#include "viz/app/session.h"

#include <chrono>
#include <thread>

#include "core/cli/root_shelf.h"
#include "core/cli/root_stage.h"
#include "viz/app/live_worker.h"
#include "viz/terminal/tame.h"

namespace cutaway::app {

using trace::StepMode;

namespace {

constexpr std::size_t most_output = 256 * 1024;

void keep_end(std::string& text) {
    if (text.size() > most_output) {
        const std::size_t half = text.size() - most_output / 2;
        text.erase(0, std::min(text.find('\n', half), half + 4096) + 1);
    }
}

// What was typed stands out from what it answered.
std::string as_lines(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        const bool typed = text.starts_with("$ ");
        const std::string_view line = text.substr(0, end);
        out += typed ? "\x1b[36m" : "";
        out += terminal::with_returns(line);
        out += typed ? "\x1b[m" : "";
        text.remove_prefix(end);
    }
    return out;
}

}  // namespace

Session::Session() : screen_(std::make_unique<terminal::Screen>(terminal::Size())) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::live(const cli::CommandLine& line, std::function<void()> wake) {
    std::unique_ptr<cli::Stage> stage = TRY_IN("open the machine", cli::Stage::open(line));
    std::unique_ptr<Session> session(new Session());
    session->open_root(line);
    session->tape_ = std::make_unique<cli::Tape>(stage->header());
    session->worker_ = std::make_unique<LiveWorker>(std::move(stage), std::move(wake));
    return session;
}

Result<std::unique_ptr<Session>> Session::continued(const cli::CommandLine& line, const Before& before,
                                                    std::function<void()> wake) {
    std::unique_ptr<cli::Stage> stage = TRY_IN("open the machine", cli::Stage::open_again(line, before.since_ns));
    std::unique_ptr<Session> session(new Session());
    session->open_root(line);
    session->tape_ = std::make_unique<cli::Tape>(before.header);
    for (const trace::Event& event : before.events) {
        session->tape_->add(event);
        session->story_.add(event);
        session->spans_before_ = std::max({session->spans_before_, event.span, event.parent});
    }
    session->events_before_ = before.events.size();
    session->boundaries_ = before.boundaries;
    session->worker_ = std::make_unique<LiveWorker>(std::move(stage), std::move(wake), before.events);
    return session;
}

void Session::open_root(const cli::CommandLine& line) {
    root_ = line.world == "real" ? std::string() : cli::whole_path(cli::model_root(line));
}

std::unique_ptr<Session> Session::performed_by(const trace::Header& header, std::unique_ptr<Performer> performer) {
    std::unique_ptr<Session> session(new Session());
    session->tape_ = std::make_unique<cli::Tape>(header);
    session->worker_ = std::move(performer);
    return session;
}

Result<std::unique_ptr<Session>> Session::recorded(const std::string& path) {
    return recorded(TRY_IN("open " + path, trace::Trace::open_file(path, cli::changed_ns(path))));
}

Result<std::unique_ptr<Session>> Session::recorded_in(std::string text) {
    return recorded(TRY(trace::Trace::open(trace::in_memory(std::move(text)))));
}

std::unique_ptr<Session> Session::recorded(trace::Trace trace) {
    std::unique_ptr<Session> session(new Session());
    session->trace_ = std::make_unique<trace::Trace>(std::move(trace));
    session->tape_ = std::make_unique<cli::Tape>(*session->trace_);
    session->story_ = view::Story(*session->trace_);
    return session;
}

bool Session::poll() {
    if (worker_ == nullptr) {
        return false;
    }
    Delivery delivery = worker_->collect();
    for (trace::Event& event : delivery.events) {
        renumber(event);
        tape_->add(event);
        story_.add(event);
    }
    output_ += delivery.text;
    keep_end(output_);
    show(delivery.screen.empty() ? as_lines(delivery.text) : delivery.screen);
    const bool changed = !delivery.events.empty() || !delivery.text.empty() || delivery.working != working_ ||
                         delivery.hears != hears_ || delivery.keys != keys_ ||
                         delivery.waiting.has_value() != waiting_.has_value();
    working_ = delivery.working;
    hears_ = delivery.hears;
    keys_ = delivery.keys;
    waiting_ = std::move(delivery.waiting);
    if (waiting_) {
        renumber(*waiting_);
    }
    resting_ = delivery.resting;
    return changed;
}

// A tape is one trace: what follows what it began with goes on counting there.
void Session::renumber(trace::Event& event) const {
    event.seq += events_before_;
    event.span += event.span == 0 ? 0 : spans_before_;
    event.parent += event.parent == 0 ? 0 : spans_before_;
}

bool Session::settle(std::int64_t timeout_ns) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::nanoseconds(timeout_ns);
    while (true) {
        (void)poll();
        if (is_resting()) {
            return true;
        }
        if (std::chrono::steady_clock::now() > until) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

Status Session::perform(const std::vector<std::string>& words, StepMode mode) {
    if (worker_ == nullptr) {
        return fail(Errc::conflict, "this is a recording: nothing can be performed in it");
    }
    if (working_) {
        return fail(Errc::conflict, "a command is under way: let it run on, or give it up");
    }
    TRY(worker_->perform(words, mode));
    working_ = true;
    resting_ = false;
    return {};
}

bool Session::resume(StepMode mode) {
    if (worker_ == nullptr || !working_) {
        return true;
    }
    const bool goes = worker_->resume(mode);
    if (goes) {
        waiting_.reset();
        resting_ = false;
    }
    return goes;
}

void Session::stop_at(const std::vector<cli::StopPoint>& points) {
    if (worker_ != nullptr) {
        worker_->stop_at(points);
    }
}

void Session::pause() {
    if (worker_ != nullptr && working_) {
        worker_->pause();
    }
}

void Session::hear(const std::string& typed) {
    if (worker_ != nullptr && hears_) {
        worker_->hear(typed);
        hears_ = false;  // until it asks again
    }
}

void Session::give_up() {
    if (worker_ != nullptr && working_) {
        worker_->give_up();
    }
}

void Session::print(const std::string& text) {
    output_ += text;
    keep_end(output_);
    show(as_lines(text));
}

void Session::show(std::string_view bytes) {
    screen_->feed(bytes);
    shown_ += bytes;
    keep_end(shown_);
    const std::string answers = screen_->replies();
    if (!answers.empty() && keys_ && !simulated()) {
        worker_->hear(answers);
    }
}

bool Session::simulated() const { return tape_->header().world != "real"; }

// A simulated terminal has no keys of its own, so its line is edited here; a real one gets them as they are.
void Session::press(const terminal::Press& press) {
    if (worker_ == nullptr || !keys_) {
        return;
    }
    if (simulated()) {
        take_typed(typing_.press(press));
    } else if (const std::string bytes = screen_->press(press); !bytes.empty()) {
        worker_->hear(bytes);
    }
}

void Session::paste(const std::string& text) {
    if (worker_ == nullptr || !keys_ || text.empty()) {
        return;
    }
    if (simulated()) {
        take_typed(typing_.paste(text));
    } else if (const std::string bytes = screen_->paste(text); !bytes.empty()) {
        worker_->hear(bytes);
    }
}

void Session::take_typed(const terminal::Typed& typed) {
    show(typed.echo);
    for (const char c : typed.echo) {  // the transcript has what a terminal would have echoed, too
        output_ += c == '\r' ? "" : std::string(1, c);
    }
    if (typed.interrupt) {
        worker_->interrupt();
    }
    if (typed.input) {
        worker_->hear(*typed.input);
        hears_ = false;
    }
}

// Lines that were cut to the old width are whole again at the new one, unless a program draws them itself.
void Session::resize(terminal::Size size) {
    const bool wider = size.columns != screen_->size().columns;
    if (wider && !keys_) {
        screen_ = std::make_unique<terminal::Screen>(size);
        screen_->feed(shown_);
        (void)screen_->replies();
    } else {
        screen_->resize(size);
    }
    if (worker_ != nullptr) {
        worker_->resize(screen_->size());
    }
}

Result<std::vector<std::string>> words_of(const std::string& line) {
    std::vector<std::string> words;
    std::string word;
    bool inside = false;
    char quote = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quote == 0 && (c == ' ' || c == '\t')) {
            if (inside) {
                words.push_back(std::exchange(word, {}));
            }
            inside = false;
            continue;
        }
        inside = true;
        const bool escapes = c == '\\' && quote != '\'' && i + 1 < line.size();
        if (escapes && (quote == 0 || std::string_view("\"\\$`").find(line[i + 1]) != std::string_view::npos)) {
            word += line[++i];
        } else if (quote != 0 ? c == quote : c == '"' || c == '\'') {
            quote = quote == 0 ? c : '\0';
        } else {
            word += c;
        }
    }
    if (quote != 0) {
        return fail(Errc::invalid, "a quote is not closed");
    }
    if (inside) {
        words.push_back(word);
    }
    if (!words.empty() && (words.front() == "docker" || words.front() == "cutaway")) {
        words.erase(words.begin());
    }
    return words;
}

}  // namespace cutaway::app
