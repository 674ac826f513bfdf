// SPDX-License-Identifier: Apache-2.0
#include "viz/app/lecture.h"

#include <algorithm>

namespace cutaway::app {

using lesson::Ask;
using lesson::Awaits;
using lesson::Says;

namespace {

std::unique_ptr<Session> session_of(const trace::Header& header, std::unique_ptr<LessonWorker>& worker,
                                    LessonWorker*& out) {
    out = worker.get();
    return Session::performed_by(header, std::move(worker));
}

std::unique_ptr<Session> begin(std::unique_ptr<cli::LessonBench> bench, LessonStart start, LessonWorker*& out) {
    const trace::Header header = bench->header();
    auto worker = std::make_unique<LessonWorker>(std::move(bench), std::move(start));
    return session_of(header, worker, out);
}

}  // namespace

Lecture::Lecture(std::unique_ptr<cli::LessonBench> bench, const LessonStart& start, Glossary glossary)
    : lesson_(start.lesson),
      glossary_(std::move(glossary)),
      worker_(nullptr),
      session_(begin(std::move(bench), start, worker_)),
      desk_(*session_),
      pages_(lesson_) {
    news_.progress = start.progress;
}

void Lecture::handle(const Intent& intent) {
    switch (intent.act) {
        case Act::page_on: page_on(); break;
        case Act::page_back: page_back(); break;
        case Act::pick: pick(static_cast<std::size_t>(intent.position)); break;
        case Act::answer: say(intent.text); break;
        case Act::submit: submit(); break;
        case Act::go_live: show_page(pages_.last()); break;
        case Act::coach: say(intent.text); break;
        case Act::perform:
            if (view::behind(desk_.moment())) {
                desk_.handle(intent);  // which says what to do first
            } else if (!intent.text.empty()) {
                desk_.remember(intent.text);
                session_->print("$ " + intent.text + "\n");
                say("$ " + intent.text);
            }
            break;
        default: desk_.handle(intent); break;
    }
}

// First back to where the card is, then on.
void Lecture::page_on() {
    const bool live = desk_.moment().position >= desk_.moment().head;
    if (!at_last()) {
        show_page(page_ + 1);
    } else if (!live) {
        desk_.handle(Intent{Act::go_live});
    } else if (news_.awaits == Awaits::go_on) {
        say("");
    } else if (news_.awaits == Awaits::answer) {
        desk_.say("What do you think? Choose an answer first, or skip.");
    } else if (news_.awaits == Awaits::work) {
        desk_.say("This one is yours: type the commands below, or take a hint, see how, skip.");
    } else if (news_.awaits == Awaits::own) {
        desk_.say("The lesson is over; L has the others.");
    }
}

void Lecture::page_back() {
    if (page_ > 0) {
        show_page(page_ - 1);
    } else {
        desk_.say("This is the first page since the step began; an earlier step can be opened above.");
    }
}

void Lecture::show_page(std::size_t page) {
    page_ = page;
    if (at_last()) {
        desk_.handle(Intent{Act::go_live});
        return;
    }
    Intent jump{Act::jump};
    jump.position = pages_.pages()[page_].position;
    desk_.handle(jump);
}

void Lecture::pick(std::size_t place) {
    const view::LessonCard shown = card();
    if (shown.past || shown.awaits != Awaits::answer || place >= shown.options.size()) {
        return;
    }
    if (shown.ask == Ask::choice) {
        say(std::string(1, static_cast<char>('a' + static_cast<char>(place))));
        return;
    }
    const auto found = std::find(picks_.begin(), picks_.end(), place);
    if (found == picks_.end()) {
        picks_.push_back(place);
    } else {
        picks_.erase(found, picks_.end());
    }
}

void Lecture::submit() {
    if (!card().complete) {
        desk_.say("Choose all of them first, in their order.");
        return;
    }
    std::string line;
    for (const std::size_t place : picks_) {
        line += (line.empty() ? "" : " ") + std::to_string(place + 1);
    }
    say(line);
}

void Lecture::say(const std::string& line) {
    if (news_.awaits == Awaits::nothing) {
        desk_.say("The lesson is at work; it listens again in a moment.");
        return;
    }
    show_page(pages_.last());
    news_.awaits = Awaits::nothing;
    worker_->type(line);
}

void Lecture::take_news() {
    const bool reads_last = at_last();
    news_ = worker_->news();
    for (const Told& told : news_.told) {
        if (told.telling.says == Says::turn) {
            picks_.clear();
        }
        if (told.telling.says == Says::again) {
            again_ = told.telling.text;
        }
        left_ = left_ || told.telling.says == Says::left;
        pages_.add(told.telling, told.position);
    }
    if (reads_last) {
        page_ = pages_.last();
    }
    if (!news_.unkept.empty()) {
        desk_.say("Your progress is not kept: " + news_.unkept);
    }
}

bool Lecture::tick(double seconds) {
    const std::size_t pages = pages_.pages().size();
    const Awaits awaits = news_.awaits;
    take_news();
    const bool told = !news_.told.empty() || pages != pages_.pages().size() || awaits != news_.awaits;
    return desk_.tick(seconds) || told;
}

bool Lecture::settle(std::int64_t timeout_ns) {
    const bool live = desk_.moment().position >= desk_.moment().head;
    const bool settled = session_->settle(timeout_ns);
    (void)tick(0);
    if (live) {
        desk_.follow();
    }
    return settled;
}

view::LessonCard Lecture::card() const {
    return view::lesson_card_of({pages_, page_, news_.awaits, news_.progress, glossary_, picks_});
}

std::vector<view::Part> Lecture::lit() const {
    const auto& pages = pages_.pages();
    if (pages.empty() || pages_.pages()[page_].step >= lesson_.steps.size()) {
        return {};
    }
    return view::parts_lit(lesson_.steps[pages[page_].step].lights);
}

}  // namespace cutaway::app
