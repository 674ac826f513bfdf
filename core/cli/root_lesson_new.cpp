// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_lesson_new.h"

#include <algorithm>

#include "core/cli/root_console.h"
#include "core/host/save_file.h"
#include "core/host/syscall.h"
#include "core/lesson/draft.h"
#include "core/lesson/load.h"
#include "core/trace/line.h"

namespace cutaway::cli {

namespace {

Result<std::vector<trace::Event>> read_story(const std::string& path) {
    const std::string text = TRY(host::read_file(path));
    std::vector<trace::Event> events;
    std::size_t at = text.find('\n');
    if (!trace::decode_header(std::string_view(text).substr(0, at))) {
        return fail(Errc::invalid, path + " is no trace of Cutaway");
    }
    while (at < text.size()) {
        const std::size_t begin = at + 1;
        at = std::min(text.find('\n', begin), text.size());
        trace::Event event;
        const trace::Decoded decoded = trace::decode_line(std::string_view(text).substr(begin, at - begin), event);
        if (decoded.known == trace::Known::yes && decoded.problem.empty() && at > begin) {
            events.push_back(std::move(event));
        }
    }
    return events;
}

bool is_name(const std::string& name) {
    return !name.empty() && name.size() <= 40 &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

Result<std::string> make(const LessonWords& words) {
    if (words.names.empty() || words.names.size() > 2) {
        return fail(Errc::invalid, "lesson new takes an id, as L20, and a name for the folder, as my-lesson");
    }
    const std::string& id = words.names[0];
    const std::string name = words.names.size() > 1 ? words.names[1] : "new-lesson";
    if (!is_name(name)) {
        return fail(Errc::invalid, "a lesson's folder is named with small letters, digits and hyphens, at most 40");
    }
    const std::string story = words.value("--from");
    const std::string text = story.empty() ? lesson::draft(id) : TRY(lesson::draft_of(id, TRY(read_story(story))));
    const std::string folder = words.value("-o", ".") + "/" + id + "-" + name;
    const std::string path = folder + "/lesson.md";
    for (const lesson::Mistake& mistake : lesson::load_lesson(path, text).mistakes) {  // the id is the person's
        return fail(Errc::invalid, mistake.what);
    }
    if (host::read_file(path)) {
        return fail(Errc::exists, path + " is there already");
    }
    TRY(host::make_dirs(folder, 0755));
    TRY(host::save_file(path, text, host::Sync::no));
    return path;
}

}  // namespace

int new_lesson(const LessonWords& words) {
    ProcessConsole console;
    const Result<std::string> made = make(words);
    if (!made) {
        console.err("cutaway: " + made.error().doing + "\n");
        return 1;
    }
    console.out(*made + "\nPlay it with cutaway lesson play " + *made +
                "; what is wrong with it, lesson lint tells.\n");
    return 0;
}

}  // namespace cutaway::cli
