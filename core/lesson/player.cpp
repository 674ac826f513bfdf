// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/player.h"

#include <algorithm>

namespace cutaway::lesson {

Player::Player(const Lesson& lesson, Progress before) : lesson_(lesson), progress_(std::move(before)) {
    progress_.lesson = lesson.id;
    skip_empty();
}

void Player::next() {
    if (over()) {
        return;
    }
    ++part_;
    skip_empty();
}

void Player::skip_empty() {
    while (!over() && part_ >= step().parts.size()) {
        ++step_;
        part_ = 0;
    }
    progress_.step = over() ? "" : step().id;
    progress_.finished = progress_.finished || over();
}

bool Player::go_to(std::string_view id) {
    const Step* found = find_step(lesson_, id);
    if (found == nullptr) {
        return false;
    }
    step_ = static_cast<std::size_t>(found - lesson_.steps.data());
    part_ = 0;
    waiting_.clear();
    skip_empty();
    return true;
}

bool Player::stops_follow() const {
    for (std::size_t s = step_; s < lesson_.steps.size(); ++s) {
        const std::vector<Part>& parts = lesson_.steps[s].parts;
        for (std::size_t p = s == step_ ? part_ + 1 : 0; p < parts.size(); ++p) {
            const Block& block = parts[p].block;
            if (std::holds_alternative<Stop>(block)) {
                return true;
            }
            if (std::holds_alternative<Run>(block) || std::holds_alternative<Task>(block)) {
                return false;
            }
        }
    }
    return false;
}

Status Player::answer(std::string_view typed) {
    const auto* predict = over() ? nullptr : std::get_if<Predict>(&part().block);
    if (predict == nullptr) {
        return fail(Errc::invalid, "nothing is asked here");
    }
    waiting_.push_back({predict, TRY(read_answer(*predict, typed))});
    return {};
}

std::vector<Graded> Player::reveal(const scene::Picture& picture) {
    std::vector<Graded> out;
    for (const Waiting& one : waiting_) {
        Result<Verdict> verdict = grade(*one.predict, one.given, picture);
        if (!verdict) {  // nobody's fault, so it counts for nobody
            out.push_back({one.predict, {false, "", verdict.error().doing}});
            continue;
        }
        remember(*one.predict, one.given, verdict->right);
        out.push_back({one.predict, std::move(*verdict)});
    }
    waiting_.clear();
    return out;
}

// A second time through the lesson is for reading: the first answer counts.
void Player::remember(const Predict& predict, const std::string& given, bool right) {
    const auto same = [&](const Answered& one) { return one.id == predict.id; };
    if (std::any_of(progress_.answers.begin(), progress_.answers.end(), same)) {
        return;
    }
    progress_.answers.push_back({predict.id, given, right, right ? predict.points : 0, predict.points});
}

Attempt Player::look(const scene::Picture& picture) const {
    const auto* task = over() ? nullptr : std::get_if<Task>(&part().block);
    if (task == nullptr) {
        return Attempt::open;
    }
    if (task->verify && scene::holds(*task->verify, picture)) {
        return Attempt::done;
    }
    return task->fail && scene::holds(*task->fail, picture) ? Attempt::spoiled : Attempt::open;
}

std::string Player::hint(const scene::Picture& picture) {
    const auto* task = over() ? nullptr : std::get_if<Task>(&part().block);
    if (task == nullptr) {
        return {};
    }
    for (const Hint& hint : task->hints) {
        if (!hint.when || scene::holds(*hint.when, picture)) {
            ++taken(*task).hints;
            return hint.text;
        }
    }
    return {};
}

TaskTaken& Player::taken(const Task& task) {
    const auto found = std::find_if(progress_.tasks.begin(), progress_.tasks.end(),
                                    [&](const TaskTaken& one) { return one.id == task.id; });
    if (found != progress_.tasks.end()) {
        return *found;
    }
    progress_.tasks.push_back({task.id, "", 0, 0, 0, task.points});
    return progress_.tasks.back();
}

void Player::attempted() {
    if (const auto* task = over() ? nullptr : std::get_if<Task>(&part().block)) {
        ++taken(*task).attempts;
    }
}

void Player::settle(const std::string& how) {
    const auto* task = over() ? nullptr : std::get_if<Task>(&part().block);
    if (task == nullptr || !taken(*task).how.empty()) {
        return;
    }
    TaskTaken& record = taken(*task);
    record.how = how;
    record.points = how == "done" ? task->points : 0;
}

}  // namespace cutaway::lesson
