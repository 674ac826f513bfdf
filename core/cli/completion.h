// SPDX-License-Identifier: Apache-2.0
// What the word that is being typed may become: verbs, flags and their values, and the names of what there is. All of it
// follows from the tables of verbs, flags and usages; the names are asked for only where one may stand. Pure otherwise.
#pragma once

#include <string>
#include <vector>

namespace cutaway::cli {

enum class NameKind { container, running, stopped, paused, image, network, volume, lesson };

class Names {
public:
    virtual ~Names() = default;
    virtual std::vector<std::string> of(NameKind kind) = 0;  // empty where it cannot be known
};

struct Completion {
    std::vector<std::string> words;  // sorted, each beginning with what is typed
    bool files = false;              // a file's name may stand here too: the shell knows those
};

// The words behind "cutaway"; the last is being typed and may be empty.
Completion complete(const std::vector<std::string>& words, Names& names);

// A script that makes this shell ask `cutaway __complete WORD…`; empty: none for such a shell.
std::string completion_script(const std::string& shell);

}  // namespace cutaway::cli
