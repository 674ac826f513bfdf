// SPDX-License-Identifier: Apache-2.0
// What the lab's programs share. They are static, run as PID 1 of an image that holds nothing else, and throw nothing.
#pragma once

#include <string>
#include <vector>

namespace cutaway::lab {

using Words = std::vector<std::string>;

struct Applet {
    const char* name;
    int (*run)(const Words& words);  // as argv; answers the exit status
};
using Applets = std::vector<Applet>;

std::string read_text(const std::string& path);  // "" where there is none
int complain(const std::string& what);           // "WHAT: strerror(errno)"; answers 1
void say(const std::string& text);               // on standard output, at once
int number_at(const Words& words, std::size_t at, int otherwise);

Applets file_applets();
Applets process_applets();
Applets lesson_applets();
Applets network_applets();
Applets web_applets();
Applets shell_applets();

}  // namespace cutaway::lab
