// SPDX-License-Identifier: Apache-2.0
#include "core/trace/lint.h"

#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <variant>

namespace cutaway::trace {

namespace {

constexpr std::size_t at_most = 1000;

struct Open {
    std::uint32_t parent = 0;
    std::size_t line = 0;
    bool call = false;
    std::size_t inner_spans = 0;  // open spans directly inside; calls may end later than the span that began them
};

class Linter {
public:
    void look(const Event& event, std::size_t line) {
        line_ = line;
        if (event.seq != line - 1) {
            say("its seq is " + std::to_string(event.seq) + ", not " + std::to_string(line - 1));
        }
        if (event.t_ns < last_ns_) {
            say("its time runs backwards");
        }
        last_ns_ = event.t_ns;
        switch (event.kind) {
            case EventKind::span_begin: begin(event, false); break;
            case EventKind::call_begin: begin(event, true); break;
            case EventKind::span_end: end(event, false); break;
            case EventKind::call_end: end(event, true); break;
            default: inside(event);
        }
        containers(event);
    }

    std::vector<Complaint> finish(bool whole) {
        for (const auto& [number, span] : open_) {
            if (whole) {
                line_ = span.line;
                say((span.call ? "call " : "span ") + std::to_string(number) + " never ends");
            }
        }
        for (const auto& [id, line] : mentioned_) {
            if (!introduced_.contains(id)) {
                line_ = line;
                say("container " + id.substr(0, 12) + " was never introduced by a note");
            }
        }
        return std::move(found_);
    }

private:
    void say(std::string what) {
        if (found_.size() < at_most) {
            found_.push_back({line_, std::move(what)});
        }
    }
    void begin(const Event& event, bool call) {
        const std::string name = (call ? "call " : "span ") + std::to_string(event.span);
        if (event.span == 0 || !used_.insert(event.span).second) {
            say(name + (event.span == 0 ? " has no number" : ": this number was used before"));
            return;
        }
        const auto parent = open_.find(event.parent);
        if (event.parent != 0 && (parent == open_.end() || parent->second.call)) {
            say(name + " begins inside " + std::to_string(event.parent) + ", which is no open span");
        } else if (event.parent != 0 && !call) {
            ++parent->second.inner_spans;
        }
        open_[event.span] = Open{event.parent, line_, call, 0};
    }
    void end(const Event& event, bool call) {
        const auto found = open_.find(event.span);
        const std::string name = (call ? "call " : "span ") + std::to_string(event.span);
        if (found == open_.end() || found->second.call != call) {
            say(name + " ends, but is not open");
            return;
        }
        if (found->second.inner_spans > 0) {
            say(name + " ends before the spans inside it");
        }
        if (const auto parent = open_.find(found->second.parent); !call && parent != open_.end()) {
            --parent->second.inner_spans;
        }
        open_.erase(found);
    }
    void inside(const Event& event) {
        const auto found = open_.find(event.span);
        if (event.kind == EventKind::progress && (found == open_.end() || !found->second.call)) {
            say("progress of call " + std::to_string(event.span) + ", which is not open");
        } else if (event.span != 0 && found == open_.end()) {
            say("it lies in span " + std::to_string(event.span) + ", which is not open");
        }
    }
    void containers(const Event& event) {
        if (const auto* note = std::get_if<world::Note>(&event.body)) {
            if (const auto* known = std::get_if<world::ContainerKnown>(note)) {
                introduced_.insert(known->id);
            } else if (const auto* found = std::get_if<world::StateFound>(note)) {
                introduced_.insert(found->containers.begin(), found->containers.end());
            }
        }
        if (!event.container.empty()) {
            mentioned_.try_emplace(event.container, line_);
        }
    }

    std::vector<Complaint> found_;
    std::map<std::uint32_t, Open> open_;
    std::set<std::uint32_t> used_;
    std::set<std::string> introduced_;
    std::map<std::string, std::size_t> mentioned_;
    std::int64_t last_ns_ = INT64_MIN;
    std::size_t line_ = 1;
};

}  // namespace

std::vector<Complaint> lint(const Trace& trace, bool whole) {
    Linter linter;
    Event event;
    for (std::size_t n = 0; n < trace.size(); ++n) {
        trace.event(n, event);
        linter.look(event, n + 2);
    }
    return linter.finish(whole && trace.index().cut.empty());
}

}  // namespace cutaway::trace
