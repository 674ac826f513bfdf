// SPDX-License-Identifier: Apache-2.0
#include "core/model/image_pack.h"

#include <algorithm>
#include <charconv>

// The pack itself, among the program's read-only data: pages that nobody reads are never loaded.
asm(".pushsection .rodata.cutaway_images, \"a\"\n"
    ".balign 16\n"
    ".hidden cutaway_images_begin\n"
    ".hidden cutaway_images_end\n"
    ".globl cutaway_images_begin\n"
    ".globl cutaway_images_end\n"
    "cutaway_images_begin:\n"
    ".incbin \"" CUTAWAY_IMAGE_PACK
    "\"\n"
    "cutaway_images_end:\n"
    ".byte 0\n"
    ".popsection\n");
extern "C" {
extern const char cutaway_images_begin;  // NOLINT(readability-identifier-naming)
extern const char cutaway_images_end;
}

namespace cutaway::model {

namespace {

constexpr std::string_view first_line = "cutaway images 1\n";

std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

std::string_view take_word(std::string_view& line) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return word;
}

std::size_t number(std::string_view word) {
    std::size_t value = 0;
    std::from_chars(word.data(), word.data() + word.size(), value);
    return value;
}

}  // namespace

ImagePack::ImagePack(std::string_view pack) {
    const std::size_t end = pack.find("\n\n");
    if (end != std::string_view::npos && pack.substr(0, first_line.size()) == first_line) {
        head_ = pack.substr(first_line.size(), end + 1 - first_line.size());
        bytes_ = pack.substr(end + 2);
    }
}

std::vector<std::string> ImagePack::repositories() const {
    std::vector<std::string> names;
    for (std::string_view rest = head_; !rest.empty();) {
        std::string_view line = take_line(rest);
        if (take_word(line) == "repository") {
            names.emplace_back(line);
        }
    }
    return names;
}

std::string_view ImagePack::section(std::string_view repository) const {
    const std::string wanted = "repository " + std::string(repository) + "\n";
    std::size_t begin = head_.find(wanted);
    while (begin != std::string_view::npos && begin > 0 && head_[begin - 1] != '\n') {
        begin = head_.find(wanted, begin + 1);
    }
    if (begin == std::string_view::npos) {
        return {};
    }
    const std::string_view own = head_.substr(begin + wanted.size());
    const std::size_t end = own.find("\nrepository ");
    return end == std::string_view::npos ? own : own.substr(0, end + 1);
}

bool ImagePack::has_repository(std::string_view repository) const { return !section(repository).empty(); }

std::vector<std::string> ImagePack::tags(std::string_view repository) const {
    std::vector<std::string> names;
    for (std::string_view rest = section(repository); !rest.empty();) {
        std::string_view line = take_line(rest);
        if (take_word(line) == "tag") {
            names.emplace_back(take_word(line));
        }
    }
    return names;
}

std::optional<std::string> ImagePack::digest_of_tag(std::string_view repository, std::string_view tag) const {
    for (std::string_view rest = section(repository); !rest.empty();) {
        std::string_view line = take_line(rest);
        if (take_word(line) == "tag" && take_word(line) == tag) {
            return std::string(line);
        }
    }
    return std::nullopt;
}

std::optional<std::string_view> ImagePack::bytes_of(std::string_view repository, std::string_view digest) const {
    for (std::string_view rest = section(repository); !rest.empty();) {
        std::string_view line = take_line(rest);
        if (take_word(line) != "blob" || take_word(line) != digest) {
            continue;
        }
        const std::size_t offset = number(take_word(line));
        const std::size_t size = number(line);
        if (offset > bytes_.size() || size > bytes_.size() - offset) {
            return std::nullopt;
        }
        return bytes_.substr(offset, size);
    }
    return std::nullopt;
}

const ImagePack& standard_images() {
    static const ImagePack pack(
        std::string_view(&cutaway_images_begin, static_cast<std::size_t>(&cutaway_images_end - &cutaway_images_begin)));
    return pack;
}

}  // namespace cutaway::model
