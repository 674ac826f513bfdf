// SPDX-License-Identifier: Apache-2.0
// Programs that read files or standard input a line at a time: cat, grep, head, tail, wc, sort, uniq, cut, tr, sed.
// One driver reads, splits, follows and prints; a tool is what it does with a line. What it keeps between lines is in
// LineState; its options are read again from argv after a load.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/model/programs/options.h"
#include "core/model/programs/program.h"

namespace cutaway::model::programs {

struct LineState {
    bool begun = false;
    bool done = false;    // no more input is wanted
    bool follow = false;  // at the end of a file wait for more
    int code = 0;
    int fd = -1;
    std::size_t file = 0;  // index of the open one
    std::vector<std::string> files;
    std::string partial;  // of a line whose end has not come
    std::vector<std::string> kept;
    std::map<std::string, std::int64_t> counts;
    Output output;
};
CUTAWAY_FIELDS(LineState, begun, done, follow, code, fd, file, files, partial, kept, counts, output)

struct LineTool {
    std::string_view name;
    Options (*options)(const Words& argv);
    void (*begin)(const Call& call, const Options& options, LineState& state);  // may set files (default: options.rest)
    void (*line)(const Call& call, const Options& options, LineState& state, std::string_view line, bool newline);
    void (*file_end)(const Call& call, const Options& options, LineState& state);  // may be null
    void (*end)(const Call& call, const Options& options, LineState& state);       // may be null
    bool whole_chunks = false;                                                     // `line` is given bytes as they come
};

std::string_view file_label(const LineState& state);
// A file itself, a directory's every file; links are not followed, as grep -r has it.
void add_files_beneath(const Call& call, const std::string& path, Words& files);
Made make_line_tool(const LineTool& tool);

}  // namespace cutaway::model::programs
