// SPDX-License-Identifier: Apache-2.0
#include "viz/view/lesson_card.h"

#include <algorithm>
#include <array>

#include "core/lesson/grade.h"

namespace cutaway::view {

using lesson::Awaits;
using lesson::Says;
using lesson::Telling;

namespace {

// Where a paragraph's own mark ends: "- ", "1. "; 0: it has none.
std::size_t mark_length(std::string_view line) {
    if (line.starts_with("- ") || line.starts_with("* ")) {
        return 2;
    }
    const std::size_t dot = line.find(". ");
    const bool number = dot != std::string_view::npos && dot > 0 && dot < 3 &&
                        line.substr(0, dot).find_first_not_of("0123456789") == std::string_view::npos;
    return number ? dot + 2 : 0;
}

class Reader {
public:
    void read(std::string_view line) {
        if (line.starts_with("```")) {
            flush();
            quoted_ = !quoted_;
        } else if (quoted_ || line.starts_with("|")) {
            put(BlockKind::code, {}, std::string(line));
        } else if (line.empty()) {
            flush();
        } else if (const std::size_t length = mark_length(line); length > 0) {
            flush();
            put(BlockKind::item, line[0] == '-' || line[0] == '*' ? "-" : std::string(line.substr(0, length - 1)),
                std::string(line.substr(length)));
        } else {
            line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
            put(BlockKind::text, {}, std::string(line));
        }
    }
    void flush() { open_ = false; }

    std::vector<LessonBlock> blocks;

private:
    void put(BlockKind kind, std::string label, std::string text) {
        if (!open_ || (kind == BlockKind::code && blocks.back().kind != kind)) {
            blocks.push_back({kind, std::move(label), std::move(text)});
        } else {
            blocks.back().text += (kind == BlockKind::code ? "\n" : " ") + text;
        }
        open_ = true;
    }

    bool quoted_ = false;
    bool open_ = false;  // the last block goes on
};

// An order is read better as a list.
void show_answer(std::vector<LessonBlock>& out, const Telling& said) {
    if (said.predict->type != lesson::Ask::order) {
        out.push_back({BlockKind::wrong, "Not so. It is", said.more});
        return;
    }
    out.push_back({BlockKind::wrong, "Not so. It is this order", {}});
    for (std::size_t n = 0; n < said.predict->items.size(); ++n) {
        out.push_back({BlockKind::item, std::to_string(n + 1) + ".", said.predict->items[n].text});
    }
}

void show_graded(std::vector<LessonBlock>& out, const Telling& said) {
    out.push_back({BlockKind::question, "You were asked", said.predict->ask});
    if (said.right) {
        out.push_back({BlockKind::right, "Right", said.text});
    } else if (said.more.empty()) {
        out.push_back({BlockKind::problem, {}, said.text});
    } else {
        show_answer(out, said);
        out.push_back({BlockKind::text, {}, said.text});
    }
}

const std::array<std::pair<Says, BlockKind>, 9>& plain_kinds() {
    static const std::array<std::pair<Says, BlockKind>, 9> all{{{Says::typed, BlockKind::typed},
                                                                {Says::stopped, BlockKind::stop},
                                                                {Says::missed, BlockKind::problem},
                                                                {Says::hint, BlockKind::hint},
                                                                {Says::done, BlockKind::done},
                                                                {Says::shown, BlockKind::shown},
                                                                {Says::spoiled, BlockKind::spoiled},
                                                                {Says::problem, BlockKind::problem},
                                                                {Says::value, BlockKind::value}}};
    return all;
}

std::string label_of(Says says) {
    switch (says) {
        case Says::stopped: return "Held";
        case Says::missed: return "The command ended before it came to";
        case Says::hint: return "Hint";
        case Says::done: return "Done";
        case Says::shown: return "This is how";
        case Says::spoiled: return "Spoiled: begin the step again";
        default: return {};
    }
}

void show_plain(std::vector<LessonBlock>& out, const Telling& said) {
    for (const auto& [says, kind] : plain_kinds()) {
        if (says == said.says) {
            const bool unread = says == Says::problem && said.text.empty();
            out.push_back({kind, label_of(says), unread ? "that is no word for the lesson: Next goes on" : said.text});
        }
    }
}

// Drawn if it can be; its words are for those who cannot see it.
void show_figure(std::vector<LessonBlock>& out, const Telling& said) {
    LessonBlock block{BlockKind::figure, "Picture this: " + said.more, said.text};
    if (said.figure != nullptr && said.figure->drawing.width > 0) {
        block.drawing = &said.figure->drawing;
    }
    out.push_back(std::move(block));
}

void show(std::vector<LessonBlock>& out, const Telling& said) {
    switch (said.says) {
        case Says::prose: {
            std::vector<LessonBlock> read = blocks_of(said.text);
            out.insert(out.end(), read.begin(), read.end());
            break;
        }
        case Says::card:
            out.push_back({BlockKind::often, "Often said", said.text});
            out.push_back({BlockKind::today, "Today", said.more});
            break;
        case Says::figure: show_figure(out, said); break;
        case Says::question: out.push_back({BlockKind::question, "What do you think?", said.predict->ask}); break;
        case Says::task: out.push_back({BlockKind::goal, "Your turn", said.task->goal}); break;
        case Says::graded: show_graded(out, said); break;
        case Says::explored:
            out.push_back(
                {BlockKind::problem,
                 {},
                 "You explored with a command of your own. If the lesson no longer fits, begin the step again."});
            break;
        default: show_plain(out, said); break;
    }
}

const Telling* asked_on(const LessonPage& page) {
    for (const Telling& said : page.said) {
        if (said.says == Says::question) {
            return &said;
        }
    }
    return nullptr;
}

void show_options(LessonCard& card, const LessonReading& reading, const LessonPage& page) {
    const Telling* asked = asked_on(page);
    if (asked == nullptr) {
        return;
    }
    const lesson::Predict& predict = *asked->predict;
    card.ask = predict.type;
    for (std::size_t n = 0; n < predict.choices.size(); ++n) {
        LessonOption option;
        option.text = predict.choices[n].text;
        option.given = page.given == std::string(1, static_cast<char>('a' + static_cast<char>(n)));
        card.options.push_back(std::move(option));
    }
    const std::vector<std::size_t> shown = lesson::shuffled(predict);
    for (std::size_t n = 0; n < shown.size(); ++n) {
        LessonOption option;
        option.text = predict.items[shown[n]].text;
        const auto found = std::find(reading.picks.begin(), reading.picks.end(), n);
        const bool chosen = !card.past && found != reading.picks.end();
        option.place = chosen ? static_cast<std::size_t>(found - reading.picks.begin()) + 1 : 0;
        card.options.push_back(std::move(option));
    }
    card.complete = !shown.empty() && reading.picks.size() == shown.size();
}

TickState state_of(const lesson::Progress& progress, const std::string& id) {
    for (const lesson::TaskTaken& taken : progress.tasks) {
        if (taken.id == id && !taken.how.empty()) {
            return from_name<TickState>(taken.how).value_or(TickState::open);
        }
    }
    return TickState::open;
}

void show_step(LessonCard& card, const LessonReading& reading, std::size_t number) {
    const lesson::Lesson& lesson = reading.pages.lesson();
    const lesson::Step& step = lesson.steps[number];
    card.where = "step " + std::to_string(number + 1) + " of " + std::to_string(lesson.steps.size());
    card.title = step.title;
    card.caption = step.caption;
    card.notes = step.notes;
    card.next = number + 1 < lesson.steps.size() ? lesson.steps[number + 1].title : "";
    for (const std::string& word : step.words) {
        if (const auto found = reading.glossary.find(word); found != reading.glossary.end()) {
            card.words.push_back({word, found->second});
        }
    }
    for (const lesson::Part& part : step.parts) {
        if (const auto* task = std::get_if<lesson::Task>(&part.block)) {
            card.tasks.push_back({task->id, task->goal, state_of(reading.progress, task->id)});
        }
    }
}

void show_missed(LessonCard& card, const LessonReading& reading, const lesson::Step& step) {
    const lesson::Progress& progress = reading.progress;
    std::vector<LessonBlock> missed;
    for (const lesson::Part& part : step.parts) {
        const auto* predict = std::get_if<lesson::Predict>(&part.block);
        const auto wrong = [&](const lesson::Answered& one) { return one.id == predict->id && !one.right; };
        if (predict != nullptr && std::any_of(progress.answers.begin(), progress.answers.end(), wrong)) {
            missed.push_back({BlockKind::item, "-", predict->ask});
        }
        const auto* task = std::get_if<lesson::Task>(&part.block);
        const TickState state = task == nullptr ? TickState::done : state_of(progress, task->id);
        if (state != TickState::done) {
            missed.push_back({BlockKind::item, "-", task->goal + " (" + std::string(to_name(state)) + ")"});
        }
    }
    if (!missed.empty()) {
        card.blocks.push_back({BlockKind::text, {}, "**" + step.title + "**"});
        card.blocks.insert(card.blocks.end(), missed.begin(), missed.end());
    }
}

void show_summary(LessonCard& card, const LessonReading& reading) {
    const lesson::Score score = lesson::score(reading.progress);
    card.over = true;
    card.title = "The end";
    card.where = "finished";
    card.caption.clear();
    card.tasks.clear();
    card.words.clear();
    card.notes.clear();
    card.blocks.push_back(
        {BlockKind::done, "Points", std::to_string(score.points) + " of " + std::to_string(score.of)});
    const std::size_t before = card.blocks.size();
    for (const lesson::Step& step : reading.pages.lesson().steps) {
        show_missed(card, reading, step);
    }
    if (card.blocks.size() != before) {
        card.blocks.insert(card.blocks.begin() + static_cast<std::ptrdiff_t>(before),
                           {BlockKind::text, {}, "Look at these again; a press on a mark above opens its step:"});
    } else {
        card.blocks.push_back({BlockKind::text, {}, "Nothing was missed."});
    }
    card.blocks.push_back(
        {BlockKind::text, {}, "The machine is still there for commands of your own; every step can be opened again."});
}

}  // namespace

std::vector<LessonBlock> blocks_of(std::string_view markdown) {
    Reader reader;
    for (std::size_t at = 0; at < markdown.size();) {
        const std::size_t end = std::min(markdown.find('\n', at), markdown.size());
        reader.read(markdown.substr(at, end - at));
        at = end + 1;
    }
    return std::move(reader.blocks);
}

LessonCard lesson_card_of(const LessonReading& reading) {
    LessonCard card;
    const lesson::Lesson& lesson = reading.pages.lesson();
    card.lesson = lesson.id + "  " + lesson.title;
    const std::vector<LessonPage>& pages = reading.pages.pages();
    if (pages.empty() || lesson.steps.empty()) {
        card.title = lesson.title;
        return card;
    }
    const LessonPage& page = pages[std::min(reading.page, pages.size() - 1)];
    card.past = reading.page + 1 < pages.size();
    card.awaits = card.past ? Awaits::go_on : reading.awaits;
    const bool over = !page.said.empty() && page.said.back().says == Says::over;
    const std::size_t number = std::min(page.step, lesson.steps.size() - 1);
    for (std::size_t n = 0; n < lesson.steps.size(); ++n) {
        const StepState state = over || n < number ? StepState::done : n == number ? StepState::now : StepState::ahead;
        card.steps.push_back({lesson.steps[n].id, lesson.steps[n].title, state});
    }
    show_step(card, reading, number);
    for (const Telling& said : page.said) {
        show(card.blocks, said);
    }
    show_options(card, reading, page);
    card.place = "page " + std::to_string(reading.page + 1) + " of " + std::to_string(pages.size());
    if (over) {
        show_summary(card, reading);
    }
    return card;
}

std::vector<Part> parts_lit(const std::vector<std::string>& lights) {
    struct Place {
        std::string_view start;
        Part part;
    };
    constexpr std::array<Place, 21> places{{{"exchanges", Part::exchange},
                                            {"pull.reference", Part::exchange},
                                            {"pull.documents", Part::exchange},
                                            {"lookups", Part::network},
                                            {"pull", Part::layers},
                                            {"images", Part::layers},
                                            {"layers", Part::layers},
                                            {"mounts", Part::overlay},
                                            {"volumes", Part::overlay},
                                            {"namespaces", Part::spaces},
                                            {"processes", Part::processes},
                                            {"signals", Part::processes},
                                            {"calls", Part::processes},
                                            {"cgroups", Part::cgroup},
                                            {"links", Part::network},
                                            {"routes", Part::network},
                                            {"rules", Part::network},
                                            {"listeners", Part::network},
                                            {"connections", Part::network},
                                            {"networks", Part::network},
                                            {"containers", Part::lifecycle}}};
    std::vector<Part> parts;
    for (const std::string& light : lights) {
        const auto found = std::find_if(places.begin(), places.end(),
                                        [&](const Place& place) { return light.starts_with(place.start); });
        if (found != places.end() && std::find(parts.begin(), parts.end(), found->part) == parts.end()) {
            parts.push_back(found->part);
        }
    }
    return parts;
}

}  // namespace cutaway::view
