// SPDX-License-Identifier: Apache-2.0
#include "core/cli/lesson_course.h"

namespace cutaway::cli {

bool LessonCourse::go() {
    walk(false);
    return !given_up_;
}

// `inside`: the engine stands at a stop below us; the walk ends where the command is to go on.
void LessonCourse::walk(bool inside) {
    while (!player_.over() && !given_up_) {
        const lesson::Part& part = player_.part();
        const bool stop = std::holds_alternative<lesson::Stop>(part.block);
        const bool finish = std::holds_alternative<lesson::Finish>(part.block);
        if (inside && (stop || finish)) {
            return;
        }
        if (stop && run_ != nullptr) {
            begin_stopping();
        } else if (stop || finish) {  // of a command that ended early
            player_.next();
        } else if (std::holds_alternative<lesson::Run>(part.block)) {
            run(part);
        } else if (visitor_.meet(part)) {
            player_.next();
        } else {
            given_up_ = true;
        }
    }
}

void LessonCourse::run(const lesson::Part& part) {
    const auto& commands = std::get<lesson::Run>(part.block).commands;
    const bool stops = player_.stops_follow();
    for (std::size_t n = 0; n < commands.size(); ++n) {
        visitor_.typed(commands[n]);
        if (stops && n + 1 == commands.size()) {
            run_ = &part;
            break;
        }
        bench_.perform(commands[n], visitor_.console());
    }
    player_.next();
    if (!stops) {
        visitor_.ended(part);
        given_up_ = !visitor_.arrived(nullptr);
    }
}

void LessonCourse::begin_stopping() {
    const lesson::Part& run = *run_;
    run_ = nullptr;
    stop_ = &player_.part();
    player_.next();
    const std::string line = std::get<lesson::Run>(run.block).commands.back();
    const bool reached = bench_.perform_stopping(
        line, std::get<lesson::Stop>(stop_->block), [this] { return stand(); }, visitor_.console());
    if (given_up_) {
        return;
    }
    if (!reached) {
        visitor_.missed(*stop_);
    }
    visitor_.ended(run);
    given_up_ = !visitor_.arrived(nullptr);
}

std::optional<lesson::Stop> LessonCourse::stand() {
    given_up_ = !visitor_.arrived(stop_);
    walk(true);
    if (given_up_ || player_.over()) {
        bench_.give_up();
        return std::nullopt;
    }
    const auto* next = std::get_if<lesson::Stop>(&player_.part().block);
    if (next == nullptr) {
        return std::nullopt;
    }
    stop_ = &player_.part();
    player_.next();
    return *next;
}

}  // namespace cutaway::cli
