// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_lesson_machine.h"

#include <sstream>

#include "core/cli/root_shelf.h"
#include "core/cli/root_stage.h"
#include "core/host/file_info.h"
#include "core/host/remove_tree.h"

namespace cutaway::cli {

namespace {

CommandLine line_of_machine(const CommandLine& line, const lesson::Lesson& what, const std::string& purpose) {
    CommandLine own = line;
    own.root = lessons_folder(line) + "/" + what.id + purpose + (line.world == "real" ? "-real" : "-machine");
    return own;
}

Result<std::string> perform(Stage& stage, const std::vector<std::string>& words) {
    MemoryConsole console;
    if (stage.perform(words, console) != 0) {
        return fail(Errc::io, console.err_text.substr(0, console.err_text.find('\n')));
    }
    return console.out_text;
}

// A real machine's containers run on until somebody ends them, and its mounts hold the folder.
Status end_containers(const CommandLine& own) {
    const std::unique_ptr<Stage> stage = TRY(Stage::open(own));
    std::vector<std::string> words{"rm", "-f", "-v"};
    std::istringstream ids(TRY(perform(*stage, {"ps", "-a", "-q", "--no-trunc"})));
    for (std::string id; std::getline(ids, id);) {
        words.push_back(id);
    }
    if (words.size() > 3) {
        TRY(perform(*stage, words));
    }
    TRY(perform(*stage, {"network", "prune", "-f"}));
    return {};
}

Status clear(const CommandLine& own) {
    if (own.world == "real" && host::changed_ns(own.root) != 0) {
        TRY(end_containers(own));
    }
    std::uint64_t removed = 0;
    TRY(host::remove_tree(own.root, removed));
    return {};
}

Status set_out(const CommandLine& own, const std::vector<lesson::StandIn>& stand_ins) {
    const std::unique_ptr<Stage> stage = TRY(Stage::open(own));
    for (const lesson::StandIn& one : stand_ins) {
        TRY_IN("bring " + one.lab, perform(*stage, {"pull", "-q", one.lab}));
        TRY(perform(*stage, {"tag", one.lab, one.image}));
    }
    return {};
}

}  // namespace

Status for_this_world(const CommandLine& line, const lesson::Lesson& what) {
    if (lesson::plays_in(what, line.world)) {
        return {};
    }
    return fail(Errc::unsupported, what.id + " is not for the " + line.world +
                                       " world; cutaway lesson list says which world each lesson is for");
}

Result<std::unique_ptr<LessonBench>> fresh_bench(const CommandLine& line, const lesson::Lesson& what,
                                                 const std::string& purpose) {
    TRY(for_this_world(line, what));
    const CommandLine own = line_of_machine(line, what, purpose);
    TRY_IN("clear the lesson's machine", clear(own));
    if (own.world == "real") {
        TRY_IN("set out the lesson's images", set_out(own, what.stand_ins));
    }
    return LessonBench::open(own);
}

void drop_bench(const CommandLine& line, const lesson::Lesson& what, const std::string& purpose) {
    (void)clear(line_of_machine(line, what, purpose));
}

}  // namespace cutaway::cli
