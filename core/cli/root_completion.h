// SPDX-License-Identifier: Apache-2.0
// `cutaway completion SHELL`, and `cutaway __complete WORD…`, which its scripts ask: the candidates, one a line, and
// ":files" where a file may stand. It only looks: the machine is opened and left as it was. A composition root's part.
#pragma once

#include <string>
#include <vector>

namespace cutaway::cli {

int print_completions(const std::vector<std::string>& words);
int print_completion_script(const std::vector<std::string>& words);

}  // namespace cutaway::cli
