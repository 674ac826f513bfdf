// SPDX-License-Identifier: Apache-2.0
#include "core/engine/detach_keys.h"

#include <algorithm>
#include <optional>

namespace cutaway::engine {

namespace {

constexpr std::string_view control = "ctrl-";

// As docker reads them: one letter, or ctrl- and one of @ a-z [ \ ] ^ _.
std::optional<char> key_of(std::string_view word) {
    if (word.size() == 1) {
        return word.front();
    }
    if (word.size() != control.size() + 1 || !word.starts_with(control)) {
        return std::nullopt;
    }
    const char letter = word.back();
    if (letter >= 'a' && letter <= 'z') {
        return static_cast<char>(letter - 'a' + 1);
    }
    constexpr std::string_view behind = "@[\\]^_";
    constexpr std::string_view codes("\0\x1b\x1c\x1d\x1e\x1f", 6);
    const std::size_t at = behind.find(letter);
    return at == std::string_view::npos ? std::nullopt : std::optional<char>(codes[at]);
}

}  // namespace

Result<DetachKeys> DetachKeys::parse(std::string_view text) {
    std::string keys;
    std::string_view rest = text.empty() ? "ctrl-p,ctrl-q" : text;
    while (true) {
        const std::size_t comma = rest.find(',');
        const std::string_view word = rest.substr(0, comma);
        const std::optional<char> key = key_of(word);
        if (!key) {
            return fail(Errc::invalid, "invalid detach keys (" + std::string(text) + "): Unknown character: '" +
                                           std::string(word) + "'");
        }
        keys += *key;
        if (comma == std::string_view::npos) {
            return DetachKeys(std::move(keys));
        }
        rest.remove_prefix(comma + 1);
    }
}

DetachKeys::Passed DetachKeys::pass(std::string_view typed) {
    std::string out;
    for (const char key : typed) {
        if (key == keys_[seen_]) {
            if (++seen_ == keys_.size()) {
                seen_ = 0;
                return {std::move(out), true};
            }
            continue;
        }
        out += keys_.substr(0, seen_);
        seen_ = key == keys_.front() ? 1 : 0;
        if (seen_ == 0) {
            out += key;
        }
    }
    return {std::move(out), false};
}

}  // namespace cutaway::engine
