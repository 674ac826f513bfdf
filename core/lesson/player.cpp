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
    const Step* furthest = find_step(lesson_, progress_.reached);
    if (!over() && (furthest == nullptr || furthest < &step())) {
        progress_.reached = step().id;
    }
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

void Player::pass_time(std::uint64_t waited_ms, std::int64_t now_ms) {
    now_ = now_ms;
    progress_.at_ms = now_ms;
    progress_.spent_ms += waited_ms;
    if (over()) {
        return;
    }
    if (const auto* predict = std::get_if<Predict>(&part().block)) {
        spent_[predict->id] += waited_ms;
    } else if (const auto* task = std::get_if<Task>(&part().block)) {
        spent_[task->id] += waited_ms;
    }
}

std::uint64_t Player::take_spent(const std::string& id) {
    const std::uint64_t spent = spent_[id];
    spent_.erase(id);
    return spent;
}

Answered& Player::answered(const Predict& predict) {
    const auto found = std::find_if(progress_.answers.begin(), progress_.answers.end(),
                                    [&](const Answered& one) { return one.id == predict.id; });
    if (found != progress_.answers.end()) {
        return *found;
    }
    progress_.answers.push_back({predict.id, "", false, 0, predict.points});
    return progress_.answers.back();
}

void Player::pass_by() {
    const auto* predict = over() ? nullptr : std::get_if<Predict>(&part().block);
    if (predict == nullptr) {
        return;
    }
    Answered& record = answered(*predict);
    if (record.given.empty()) {
        ++record.skips;
        record.spent_ms += take_spent(predict->id);
        record.at_ms = now_;
    }
}

// A second time through the lesson is for reading: the first answer counts.
void Player::remember(const Predict& predict, const std::string& given, bool right) {
    Answered& record = answered(predict);
    if (!record.given.empty()) {
        return;
    }
    record.given = given;
    record.right = right;
    record.points = right ? predict.points : 0;
    record.spent_ms += take_spent(predict.id);
    record.at_ms = now_;
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

const TaskTaken* Player::so_far() const {
    const auto* task = over() ? nullptr : std::get_if<Task>(&part().block);
    const auto found = std::find_if(progress_.tasks.begin(), progress_.tasks.end(),
                                    [&](const TaskTaken& one) { return task != nullptr && one.id == task->id; });
    return found == progress_.tasks.end() ? nullptr : &*found;
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
    record.spent_ms += take_spent(task->id);
    record.at_ms = now_;
    record.points = how == "done" ? task->points : 0;
}

}  // namespace cutaway::lesson
