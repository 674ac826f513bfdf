// SPDX-License-Identifier: Apache-2.0
#include "core/cli/lesson_tutor.h"

#include <algorithm>
#include <array>

namespace cutaway::cli {

using lesson::Awaits;
using lesson::Says;
using lesson::Telling;

namespace {

constexpr std::string_view own = "$ ";  // in front of a command of the learner's own

std::string command_of(const std::string& line) { return line.starts_with(own) ? line.substr(own.size()) : line; }

bool lies_ahead(const lesson::Player& player, const std::string& step) {
    const lesson::Progress& progress = player.progress();
    const lesson::Step* there = lesson::find_step(player.lesson(), step);
    const lesson::Step* reached = lesson::find_step(player.lesson(), progress.reached);
    return there != nullptr && !progress.finished && (reached == nullptr || there > reached);
}

}  // namespace

bool is_lesson_word(const std::string& line) {
    constexpr std::array<std::string_view, 9> words{"hint", "solve", "skip",  "reset", "back",
                                                    "quit", "words", "notes", "help"};
    return std::find(words.begin(), words.end(), line) != words.end() || line.starts_with("step ") ||
           line.starts_with("show ");
}

LessonTutor::LessonTutor(lesson::Player& player, LessonBench& bench, LessonFace& face, LessonTutorOptions options)
    : player_(player), bench_(bench), face_(face), options_(std::move(options)), begun_(options_.from.empty()) {
    keep_to_policy();
}

// Whoever may not skip a question may not begin behind it, either.
void LessonTutor::keep_to_policy() {
    player_.play_under(lesson::in_words(options_.policy));
    if (options_.policy.skip) {
        return;
    }
    options_.only.clear();
    if (lies_ahead(player_, options_.from)) {
        options_.from = player_.progress().reached;
        begun_ = options_.from.empty();
    }
}

std::optional<std::string> LessonTutor::listen(Awaits awaits) {
    constexpr std::int64_t longest = std::int64_t{10} * 60 * 1000;  // who is away for lunch is not thinking
    const std::int64_t began = options_.now_ms ? options_.now_ms() : 0;
    std::optional<std::string> line = face_.listen(awaits);
    if (options_.now_ms) {
        const std::int64_t now = options_.now_ms();
        player_.pass_time(static_cast<std::uint64_t>(std::clamp(now - began, std::int64_t{0}, longest)), now);
    }
    return line;
}

LessonTutor::Outcome LessonTutor::play() {
    LessonCourse course(player_, bench_, *this);
    const bool whole = course.go();
    options_.on_progress(player_.progress());
    if (whole) {
        say(Says::over);
        return Outcome::finished;
    }
    return again_from_.empty() ? Outcome::left : Outcome::again;
}

LessonTutor::Outcome LessonTutor::linger() {
    while (const std::optional<std::string> line = listen(Awaits::own)) {
        bool handled = false;
        if (!common(*line, handled)) {
            return again_from_.empty() ? Outcome::left : Outcome::again;
        }
        if (!handled && !line->empty()) {
            complain("the lesson is over; its machine is still there for docker commands of your own");
        }
    }
    return Outcome::left;
}

bool LessonTutor::quiet() {
    if (player_.over()) {
        return !begun_;
    }
    begun_ = begun_ || player_.step().id == options_.from;
    return !begun_ || (!options_.only.empty() && options_.only.count(player_.step().id) == 0);
}

Console& LessonTutor::console() {
    silence_ = {};
    return quiet() ? static_cast<Console&>(silence_) : face_.console();
}

void LessonTutor::say(Says says, std::string text, std::string more) {
    Telling telling{says};
    telling.text = std::move(text);
    telling.more = std::move(more);
    telling.step = player_.over() ? nullptr : &player_.step();
    face_.tell(telling);
}

void LessonTutor::head() {
    if (quiet() || player_.over() || told_ == player_.step().id) {
        return;
    }
    told_ = player_.step().id;
    say(Says::head);
    options_.on_progress(player_.progress());
}

bool LessonTutor::meet(const lesson::Part& part) {
    if (quiet()) {
        if (const auto* task = std::get_if<lesson::Task>(&part.block)) {
            for (const std::string& command : task->solve) {
                bench_.perform(lesson::fill(command, bench_.picture()), console());
            }
        }
        return true;
    }
    head();
    if (const auto* prose = std::get_if<lesson::Prose>(&part.block)) {
        say(Says::prose, lesson::fill(prose->text, bench_.picture()));
        return wait();
    }
    if (const auto* card = std::get_if<lesson::Card>(&part.block)) {
        say(Says::card, card->often, card->today);
        return wait();
    }
    if (const auto* figure = std::get_if<lesson::Figure>(&part.block)) {
        Telling shown{Says::figure};
        shown.text = figure->alt;
        shown.more = figure->name;
        shown.step = &player_.step();
        shown.figure = figure;
        face_.tell(shown);
        return turn_page();
    }
    if (const auto* predict = std::get_if<lesson::Predict>(&part.block)) {
        return ask(*predict);
    }
    if (const auto* task = std::get_if<lesson::Task>(&part.block)) {
        return work(*task);
    }
    return true;
}

void LessonTutor::typed(const std::string& line) {
    head();
    if (!quiet()) {
        say(Says::typed, line);
    }
}

bool LessonTutor::arrived(const lesson::Part* stop) {
    if (quiet()) {
        return true;
    }
    if (stop != nullptr) {
        say(Says::stopped, std::get<lesson::Stop>(stop->block).say);
    } else {
        say(Says::ended);
    }
    return tell(player_.reveal(bench_.picture()));
}

void LessonTutor::missed(const lesson::Part& stop) {
    if (!quiet()) {
        say(Says::missed, std::get<lesson::Stop>(stop.block).say);
    }
}

void LessonTutor::ended(const lesson::Part&) {}

bool LessonTutor::tell(const std::vector<lesson::Graded>& graded) {
    for (const lesson::Graded& one : graded) {
        Telling telling{Says::graded};
        telling.text = lesson::fill(one.verdict.say, bench_.picture());
        telling.more = one.verdict.answer;
        telling.right = one.verdict.right;
        telling.predict = one.predict;
        face_.tell(telling);
    }
    options_.on_progress(player_.progress());
    return graded.empty() || turn_page();
}

// What may be typed anywhere. False: the lesson is left.
bool LessonTutor::common(const std::string& line, bool& handled) {
    handled = true;
    if (line == "quit" || line == "q") {
        return false;
    }
    if (line.starts_with(own)) {
        explore(command_of(line));
        return true;
    }
    if (!begin_again(line, handled)) {
        return false;
    }
    if (!handled) {
        look_up(line, handled);
    }
    return true;
}

bool LessonTutor::begin_again(const std::string& line, bool& handled) {
    if (line == "reset" || line == "back") {
        again_from_ = line == "reset" ? step_here() : step_before();
        return false;
    }
    handled = line.starts_with("step ");
    if (!handled) {
        return true;
    }
    const std::string id = line.substr(5);
    if (lesson::find_step(player_.lesson(), id) == nullptr) {
        complain(player_.lesson().id + " has no step \"" + id + "\"");
        return true;
    }
    if (!options_.policy.skip && lies_ahead(player_, id)) {
        complain("your teacher has switched skipping off, and you have not come to that step yet");
        return true;
    }
    again_from_ = id;
    return false;
}

void LessonTutor::look_up(const std::string& line, bool& handled) {
    handled = true;
    if (line == "?" || line == "help") {
        say(Says::help);
    } else if (line == "words") {
        say(Says::words);
    } else if (line == "notes") {
        say(Says::notes);
    } else if (line.starts_with("show ")) {
        const auto place = scene::parse_expression(std::string_view(line).substr(5));
        const auto value = place ? scene::evaluate(*place, bench_.picture()) : Result<scene::Value>(place.error());
        say(Says::value, value ? scene::to_json(*value, scene::Layout::indented) : value.error().doing);
    } else {
        handled = false;
    }
}

// In between the machine is the learner's. It may then differ from what the lesson goes on with; a reset mends that.
void LessonTutor::explore(const std::string& command) {
    if (bench_.holds()) {
        complain("the lesson's own command is held at a stop; go on to its end, then type yours");
        return;
    }
    bench_.perform(command, face_.console());
    say(Says::explored, command);
}

std::string LessonTutor::step_here() const {
    return player_.over() ? player_.lesson().steps.back().id : player_.step().id;
}

std::string LessonTutor::step_before() const {
    const std::size_t number = player_.step_number();
    return player_.lesson().steps[number > 1 ? number - 2 : 0].id;
}

bool LessonTutor::wait() {
    while (true) {
        const std::optional<std::string> line = listen(Awaits::go_on);
        bool handled = false;
        if (!line || !common(*line, handled)) {
            return false;
        }
        if (line->empty()) {
            say(Says::turn);
            return true;
        }
        if (!handled) {
            complain({});
        }
    }
}

bool LessonTutor::ask(const lesson::Predict& predict) {
    Telling question{Says::question};
    question.predict = &predict;
    face_.tell(question);
    while (true) {
        const std::optional<std::string> line = listen(Awaits::answer);
        bool handled = false;
        if (!line || !common(*line, handled)) {
            return false;
        }
        if ((line->empty() || *line == "skip") && !may_skip()) {
            continue;
        }
        if (line->empty() || *line == "skip") {
            player_.pass_by();
            say(Says::skipped);
            say(Says::turn);
            return true;
        }
        if (handled) {
            continue;
        }
        if (const Status read = player_.answer(*line); !read) {
            complain(read.error().doing);
            continue;
        }
        say(Says::turn, *line);
        return !predict.now || tell(player_.reveal(bench_.picture()));
    }
}

bool LessonTutor::work(const lesson::Task& task) {
    Telling goal{Says::task};
    goal.task = &task;
    face_.tell(goal);
    int silent = 0;
    while (true) {
        const std::optional<std::string> line = listen(Awaits::work);
        bool handled = false;
        if (!line || (!line->starts_with(own) && !common(*line, handled))) {
            return false;
        }
        silent = line->empty() ? silent + 1 : 0;
        const bool skips = *line == "skip";
        if (skips || *line == "solve" || (silent == 3 && options_.policy.solve)) {  // only Enter: show how
            if (skips ? !may_skip() : !may_solve()) {
                continue;
            }
            solve(task, skips ? "skipped" : "shown");
            return turn_page();
        }
        if (handled) {
            continue;
        }
        if (*line == "hint" || line->empty()) {
            give_hint(task);
        } else if (attempt(task, command_of(*line))) {
            return turn_page();
        }
    }
}

bool LessonTutor::may_skip() {
    if (!options_.policy.skip) {
        complain("your teacher has switched skipping off; a guess is better than nothing");
    }
    return options_.policy.skip;
}

bool LessonTutor::may_solve() {
    if (!options_.policy.solve) {
        complain("your teacher has switched solutions off; a hint may help");
    }
    return options_.policy.solve;
}

void LessonTutor::give_hint(const lesson::Task& task) {
    const lesson::TaskTaken* so_far = player_.so_far();
    const std::optional<std::uint32_t> most = options_.policy.hints;
    if (most && (so_far == nullptr ? 0 : so_far->hints) >= *most) {
        complain(*most == 0 ? "your teacher has switched hints off" : "there are no more hints for " + task.id);
        return;
    }
    say(Says::hint, player_.hint(bench_.picture()));
}

// Whether that was the last attempt that is allowed. It is counted here.
bool LessonTutor::is_last(const std::string& line) {
    if (lesson::only_looks(line)) {
        return false;
    }
    player_.attempted();
    const std::optional<std::uint32_t> most = options_.policy.attempts;
    return most && player_.so_far()->attempts >= *most;
}

bool LessonTutor::attempt(const lesson::Task& task, const std::string& line) {
    bench_.perform(line, face_.console());
    const bool last = is_last(line);
    const lesson::Attempt now = player_.look(bench_.picture());
    if (now == lesson::Attempt::done) {
        player_.settle("done");
        say(Says::done, task.done);
        options_.on_progress(player_.progress());
        return true;
    }
    if (now == lesson::Attempt::spoiled) {
        say(Says::spoiled, task.fail_say);
    }
    if (last) {
        complain("that was the last attempt that your teacher allows here");
        solve(task, "failed");
    }
    return last;
}

void LessonTutor::solve(const lesson::Task& task, const std::string& how) {
    for (const std::string& written : task.solve) {
        const std::string command = lesson::fill(written, bench_.picture());
        say(Says::typed, command);
        bench_.perform(command, face_.console());
    }
    player_.settle(how);
    say(Says::shown, task.done);
    options_.on_progress(player_.progress());
}

}  // namespace cutaway::cli
