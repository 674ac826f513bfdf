// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_lesson_own.h"

#include "core/host/syscall.h"

namespace cutaway::cli {

namespace {

std::vector<std::string> figures_of(const lesson::Lesson& lesson) {
    std::vector<std::string> out;
    for (const lesson::Step& step : lesson.steps) {
        for (const lesson::Part& part : step.parts) {
            if (const auto* figure = std::get_if<lesson::Figure>(&part.block)) {
                out.push_back(figure->name + ".figure");
            }
        }
    }
    return out;
}

Status without_mistakes(const std::string& file, const std::vector<lesson::Mistake>& mistakes) {
    return mistakes.empty() ? Status() : Status(Error{Errc::invalid, 0, lesson::to_text(file, mistakes.front())});
}

}  // namespace

Result<OwnLesson> OwnLesson::read(const std::string& path, std::vector<lesson::TextFile> others) {
    OwnLesson own(path, std::move(others));
    own.seen_ = TRY(look(path));
    TRY(own.take(own.seen_));
    return own;
}

// A drawing that is not there is told in words; so are those of a lesson that cannot be read.
Result<OwnLesson::Texts> OwnLesson::look(const std::string& path) {
    Texts texts;
    texts.emplace_back(path, TRY(host::read_file(path)));
    const std::string folder = path.substr(0, path.rfind('/') + 1);
    for (const std::string& name : figures_of(lesson::load_lesson(path, texts[0].second).lesson)) {
        if (Result<std::string> text = host::read_file(folder + name)) {
            texts.emplace_back(folder + name, std::move(*text));
        }
    }
    return texts;
}

Status OwnLesson::take(Texts texts) {
    const lesson::Loaded own = lesson::load_lesson(path_, texts[0].second);
    TRY(without_mistakes(path_, own.mistakes));
    for (std::size_t n = 1; n < texts.size(); ++n) {
        TRY(without_mistakes(texts[n].first, lesson::read_figure(texts[n].second).mistakes));
    }
    versions_.push_back({own.lesson.id, std::move(texts), {}});
    std::vector<lesson::TextFile> files;
    for (const lesson::TextFile& other : others_) {
        if (!other.path.starts_with(own.lesson.id + "-")) {
            files.push_back(other);
        }
    }
    for (const auto& [path, text] : versions_.back().texts) {
        files.push_back({path, text});
    }
    versions_.back().catalog = lesson::make_catalog(files, "");
    return {};
}

OwnLesson::News OwnLesson::refresh() {
    Result<Texts> now = look(path_);
    if (!now) {  // an editor puts a new file in the old one's place: in between there is none
        return News::none;
    }
    if (*now == seen_) {
        return News::none;
    }
    seen_ = std::move(*now);
    const Status taken = take(seen_);
    complaint_ = taken ? "" : taken.error().doing;
    return taken ? News::good : News::broken;
}

}  // namespace cutaway::cli
