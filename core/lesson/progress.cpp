// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/progress.h"

#include "core/base/json_codec.h"

namespace cutaway::lesson {

std::string to_json(const Progress& progress) {
    std::string out;
    json::write(out, progress);
    return out;
}

Result<Progress> progress_from(std::string_view json) {
    Progress progress;
    progress.format.clear();
    json::Reader reader(json);
    if (!json::read(reader, progress) || !reader.at_end()) {
        return fail(Errc::invalid, "the progress file is no progress of a lesson");
    }
    if (!progress.format.empty() && progress.format != "cutaway-progress") {
        return fail(Errc::invalid, "the progress file has the format \"" + progress.format + "\"");
    }
    if (progress.version > 1) {
        return fail(Errc::unsupported, "the progress file was written by a newer Cutaway");
    }
    progress.format = Progress().format;
    return progress;
}

Score score(const Progress& progress) {
    Score sum;
    for (const Answered& one : progress.answers) {
        sum.points += one.points;
        sum.of += one.of;
    }
    for (const TaskTaken& one : progress.tasks) {
        sum.points += one.points;
        sum.of += one.of;
    }
    return sum;
}

}  // namespace cutaway::lesson
