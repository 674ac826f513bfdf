// SPDX-License-Identifier: Apache-2.0
// lab: one static program of many names, as busybox is one; what it is called by says what it does. `lab` alone lists
// the names.
#include <cstdio>
#include <cstring>

#include "core/host/lab/words.h"

namespace cutaway::lab {
namespace {

int run_named(const std::string& name, const Words& words) {
    std::string names;
    for (const Applets& some :
         {file_applets(), lesson_applets(), network_applets(), process_applets(), shell_applets(), web_applets()}) {
        for (const Applet& one : some) {
            if (name == one.name) {
                return one.run(words);
            }
            names += std::string(names.empty() ? "" : " ") + one.name;
        }
    }
    std::fprintf(name == "lab" ? stdout : stderr, "%s%s\n", name == "lab" ? "" : (name + " is none of: ").c_str(),
                 names.c_str());
    return name == "lab" ? 0 : 127;
}

}  // namespace
}  // namespace cutaway::lab

int main(int argc, char** argv) {
    cutaway::lab::Words words(argv, argv + argc);
    const std::string called = words.empty() ? "lab" : words.front().substr(words.front().rfind('/') + 1);
    if (called == "lab" && words.size() > 1) {  // lab NAME …
        words.erase(words.begin());
        return cutaway::lab::run_named(words.front(), words);
    }
    return cutaway::lab::run_named(called, words);
}
