// SPDX-License-Identifier: Apache-2.0
#include "core/cli/lesson_bench.h"

namespace cutaway::cli {

namespace {

// Whether a backslash before this takes its meaning away; within "…" it mostly stands for itself.
bool escapes(char quote, char next) {
    return quote == 0 || (quote == '"' && std::string_view("\"\\$`").find(next) != std::string_view::npos);
}

// Words as a shell takes them: quotes of both kinds, and a backslash outside single ones. Nothing is substituted.
std::vector<std::string> split_words(const std::string& line) {
    std::vector<std::string> words;
    std::string word;
    bool any = false;
    char quote = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char c = line[at];
        if (quote == 0 && c == ' ') {
            if (any) {
                words.push_back(std::move(word));
            }
            word.clear();
            any = false;
            continue;
        }
        any = true;
        if (c == quote) {
            quote = 0;
        } else if (quote == 0 && (c == '\'' || c == '"')) {
            quote = c;
        } else if (c == '\\' && at + 1 < line.size() && escapes(quote, line[at + 1])) {
            word += line[++at];
        } else {
            word += c;
        }
    }
    if (any) {
        words.push_back(std::move(word));
    }
    return words;
}

// What only a shell understands is a shell's, also behind docker.
bool needs_shell(const std::string& line) {
    char quote = 0;
    for (const char c : line) {
        if (c == quote) {
            quote = 0;
        } else if (quote == 0 && (c == '\'' || c == '"')) {
            quote = c;
        } else if ((quote == 0 && std::string_view("|;<>&`").find(c) != std::string_view::npos) ||
                   (quote != '\'' && c == '$')) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::vector<std::string> lesson_words(const std::string& line) {
    const bool ours = line.starts_with("docker ") || line.starts_with("cutaway ");
    if (!ours || needs_shell(line)) {
        return {"sh", "-c", line};
    }
    std::vector<std::string> words = split_words(line);
    words.erase(words.begin());
    return words.empty() ? std::vector<std::string>{"sh", "-c", line} : words;
}

LessonBench::LessonBench(std::unique_ptr<Stage> stage) : stage_(std::move(stage)), tape_(stage_->header()) {
    stage_->recorder().set_gate(this);
    stage_->recorder().add_sink(*this);
}

Result<std::unique_ptr<LessonBench>> LessonBench::open(const CommandLine& line) {
    std::unique_ptr<Stage> stage = TRY(Stage::open(line));
    std::unique_ptr<LessonBench> bench(new LessonBench(std::move(stage)));
    return bench;
}

int LessonBench::perform(const std::string& line, Console& console) {
    began_ = tape_.size();
    target_.reset();
    given_up_ = false;
    return act(line, console);
}

int LessonBench::act(const std::string& line, Console& console) {
    performs_ = true;
    status_ = stage_->perform(lesson_words(line), console);
    performs_ = false;
    return status_;
}

bool LessonBench::perform_stopping(const std::string& line, const lesson::Stop& first, const Stand& stand,
                                   Console& console) {
    began_ = tape_.size();
    given_up_ = false;
    target_ = first;
    held_ = first.when && scene::holds(*first.when, picture());
    stand_ = stand;
    act(line, console);
    const bool reached = !target_.has_value();
    target_.reset();
    stand_ = nullptr;
    return reached;
}

void LessonBench::give_up() {
    given_up_ = true;
    stage_->cancel();
}

std::optional<trace::Event> LessonBench::standing() const {
    const std::lock_guard lock(data_);
    return standing_;
}

void LessonBench::stand(const trace::Event* before) {
    const std::lock_guard lock(data_);
    standing_ = before == nullptr ? std::nullopt : std::optional<trace::Event>(*before);
}

void LessonBench::take(const trace::Event& event) {
    const std::lock_guard lock(data_);
    tape_.add(event);
    const bool ends = event.kind == trace::EventKind::call_end || event.kind == trace::EventKind::span_end;
    ended_ = ended_ || (ends && span_ && event.span == *span_);
}

bool LessonBench::arrived(const trace::Event& next) {
    const std::lock_guard lock(data_);
    if (target_->when) {
        const bool now = scene::holds(*target_->when, tape_.timeline().last());
        const bool became = now && !held_;
        held_ = now;
        return became;
    }
    if (span_) {
        return ended_;
    }
    if (next.kind == trace::EventKind::progress || !trace::matches(target_->where, next)) {
        return false;
    }
    if (target_->after) {
        span_ = next.span;
        return false;
    }
    return true;
}

Status LessonBench::before(const trace::Event& next) {
    const std::lock_guard turn(turn_);
    while (!given_up_ && target_ && arrived(next)) {
        span_.reset();
        ended_ = false;
        stage_->park();
        stand(&next);
        target_ = stand_();
        stand(nullptr);
        stage_->unpark();
        held_ = target_ && target_->when && scene::holds(*target_->when, picture());
    }
    return given_up_ ? Status(fail(Errc::cancelled, "cancelled at a stop")) : Status();
}

}  // namespace cutaway::cli
