// SPDX-License-Identifier: Apache-2.0
#include "core/host/lab/words.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace cutaway::lab {

std::string read_text(const std::string& path) {
    std::string text;
    if (std::FILE* file = std::fopen(path.c_str(), "re")) {
        std::array<char, 4096> piece{};
        for (std::size_t got = 0; (got = std::fread(piece.data(), 1, piece.size(), file)) > 0;) {
            text.append(piece.data(), got);
        }
        std::fclose(file);
    }
    return text;
}

int complain(const std::string& what) {
    std::fprintf(stderr, "%s: %s\n", what.c_str(), std::strerror(errno));
    return 1;
}

void say(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

int number_at(const Words& words, std::size_t at, int otherwise) {
    return at < words.size() ? std::atoi(words[at].c_str()) : otherwise;
}

}  // namespace cutaway::lab
