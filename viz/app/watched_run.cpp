// SPDX-License-Identifier: Apache-2.0
#include "viz/app/watched_run.h"

#include <utility>

#include "core/trace/line.h"

namespace cutaway::app {

namespace {

constexpr std::size_t longest_line = std::size_t{16} << 20U;

link::OrderKind order_of(trace::StepMode mode) {
    switch (mode) {
        case trace::StepMode::phase: return link::OrderKind::phase;
        case trace::StepMode::step: return link::OrderKind::step;
        case trace::StepMode::call: return link::OrderKind::call;
        case trace::StepMode::run: break;
    }
    return link::OrderKind::go;
}

std::string name_of(const std::string& who) { return who.empty() ? "its own terminal" : who; }

}  // namespace

// What the session asks of its run; it acts on nothing itself.
class WatchedRun::Feed final : public Performer {
public:
    Feed(std::uint32_t run, GiveOrder order, TellPoints points)
        : run_(run), order_(std::move(order)), points_(std::move(points)) {}

    Status perform(const std::vector<std::string>&, trace::StepMode) override {
        return fail(Errc::conflict,
                    "this command was typed elsewhere; commands for this engine are typed in a terminal");
    }
    [[nodiscard]] bool is_elsewhere() const override { return true; }
    bool resume(trace::StepMode mode) override {
        now.waiting.reset();  // until the engine says that it stands again
        order(order_of(mode));
        return true;
    }
    void stop_at(const std::vector<cli::StopPoint>& points) override { points_(points); }
    void pause() override { order(link::OrderKind::pause); }
    void hear(const std::string&) override {}
    void interrupt() override { give_up(); }
    void resize(terminal::Size) override {}
    void give_up() override { order(link::OrderKind::cancel); }
    Delivery collect() override {
        Delivery out = now;
        now.events.clear();
        now.text.clear();
        out.resting = !out.working || out.waiting.has_value();
        return out;
    }

    Delivery now;

private:
    void order(link::OrderKind what) {
        if (now.working) {
            order_({run_, what, "", 0, ""});
        }
    }
    std::uint32_t run_;
    GiveOrder order_;
    TellPoints points_;
};

WatchedRun::WatchedRun(const link::Began& began, GiveOrder order, TellPoints points)
    : began_(began), order_(std::move(order)), points_(std::move(points)) {
    say("$ " + began_.command);
    say("typed by " + name_of(began_.who));
    if (began_.cut) {  // its text begins in the middle, without the header
        trace::Header header;
        header.world = "real";
        begin(header);
        say("the beginning of this run is not kept any more: the drawing knows only what came later");
    }
}

WatchedRun::~WatchedRun() = default;

void WatchedRun::begin(const trace::Header& header) {
    auto feed = std::make_unique<Feed>(began_.run, order_, points_);
    feed_ = feed.get();
    feed_->now.working = true;
    session_ = Session::performed_by(header, std::move(feed));
    feed_->now.text = std::exchange(unsaid_, {});
    desk_ = std::make_unique<Desk>(*session_);
}

void WatchedRun::say(const std::string& line) { (feed_ == nullptr ? unsaid_ : feed_->now.text) += line + "\n"; }

void WatchedRun::add(const std::string& bytes) {
    rest_ += bytes;
    std::size_t at = 0;
    for (std::size_t end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', at)) {
        add_line(std::string_view(rest_).substr(at, end - at));
        at = end + 1;
    }
    rest_.erase(0, at);
    if (rest_.size() > longest_line) {
        rest_.clear();
    }
}

// A line that is none is left out: the engine is spoken to by all kinds of people, its text is not.
void WatchedRun::add_line(std::string_view line) {
    if (session_ == nullptr) {
        if (const Result<trace::Header> header = trace::decode_header(line)) {
            begin(*header);
        }
        return;
    }
    trace::Event event;
    if (trace::decode_line(line, event).problem.empty()) {
        feed_->now.events.push_back(std::move(event));
    }
}

void WatchedRun::stood(const link::Stood& stood) {
    stands_ = true;
    if (stood.next.empty()) {
        say("it is stepped at its own terminal");
        return;
    }
    trace::Event next;
    if (feed_ != nullptr && trace::decode_line(stood.next, next).problem.empty()) {
        feed_->now.waiting = std::move(next);
    }
}

void WatchedRun::take(const link::Message& message) {
    if (const auto* text = std::get_if<link::Text>(&message)) {
        add(text->bytes);
    } else if (const auto* stood = std::get_if<link::Stood>(&message)) {
        this->stood(*stood);
    } else if (const auto* went = std::get_if<link::WentOn>(&message)) {
        stands_ = false;
        if (feed_ != nullptr) {
            feed_->now.waiting.reset();
        }
        say(name_of(went->who) + " said " + std::string(to_name(went->how)));
    } else if (const auto* over = std::get_if<link::Over>(&message)) {
        status_ = over->status;
        lost("it ended with status " + std::to_string(status_));
    }
}

void WatchedRun::lost(const std::string& why) {
    if (std::exchange(over_, true)) {
        return;
    }
    stands_ = false;
    say(why);
    if (feed_ != nullptr) {
        feed_->now.waiting.reset();
        feed_->now.working = false;
    }
}

std::string WatchedRun::state() const {
    return over_ ? "ended: " + std::to_string(status_) : stands_ ? std::string("stands") : std::string("runs");
}

namespace {

class Nobody final : public Performer {
public:
    explicit Nobody(TellPoints points) : points_(std::move(points)) {}
    Status perform(const std::vector<std::string>&, trace::StepMode) override {
        return fail(Errc::conflict, "commands for this engine are typed in a terminal");
    }
    [[nodiscard]] bool is_elsewhere() const override { return true; }
    bool resume(trace::StepMode) override { return true; }
    void stop_at(const std::vector<cli::StopPoint>& points) override { points_(points); }
    void pause() override {}
    void hear(const std::string&) override {}
    void interrupt() override {}
    void resize(terminal::Size) override {}
    void give_up() override {}
    Delivery collect() override {
        Delivery out;
        out.resting = true;
        return out;
    }

private:
    TellPoints points_;
};

}  // namespace

std::unique_ptr<Session> nobodys_session(TellPoints points) {
    trace::Header header;
    header.world = "real";
    return Session::performed_by(header, std::make_unique<Nobody>(std::move(points)));
}

}  // namespace cutaway::app
