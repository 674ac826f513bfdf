// SPDX-License-Identifier: Apache-2.0
// OwnLesson: a lesson file of one's own among the program's lessons, where it stands instead of the one with the same id.
// Read again while somebody writes at it, it keeps the last version that was good. One thread.
#pragma once

#include <list>
#include <string>
#include <utility>
#include <vector>

#include "core/lesson/catalog.h"

namespace cutaway::cli {

class OwnLesson {
public:
    using Texts = std::vector<std::pair<std::string, std::string>>;  // paths and contents; the lesson comes first

    // Errc::invalid: "file:12: what is wrong", of a lesson or of a drawing beside it.
    static Result<OwnLesson> read(const std::string& path, std::vector<lesson::TextFile> others);

    static Result<Texts> look(const std::string& path);  // the file and the drawings that it names, as they are now

    // The last good one. What an earlier one gave out (a Lesson somebody plays) stays where it is.
    [[nodiscard]] const lesson::Catalog& catalog() const { return versions_.back().catalog; }
    [[nodiscard]] const std::string& id() const { return versions_.back().id; }

    enum class News { none, good, broken };
    // Reads the files again. Broken is told once, and catalog() is then as it was.
    News refresh();
    [[nodiscard]] const std::string& complaint() const { return complaint_; }  // of the last that was broken

private:
    struct Version {
        std::string id;
        Texts texts;
        lesson::Catalog catalog;
    };

    OwnLesson(std::string path, std::vector<lesson::TextFile> others)
        : path_(std::move(path)), others_(std::move(others)) {}
    Status take(Texts texts);

    std::string path_;
    std::vector<lesson::TextFile> others_;
    Texts seen_;
    std::list<Version> versions_;
    std::string complaint_;
};

}  // namespace cutaway::cli
