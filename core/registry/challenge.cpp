// SPDX-License-Identifier: Apache-2.0
#include "core/registry/challenge.h"

#include <algorithm>
#include <optional>

namespace cutaway::registry {

namespace {

bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_token_char(char c) { return is_alnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string::npos; }
bool is_token68_char(char c) { return is_alnum(c) || std::string_view("-._~+/").find(c) != std::string::npos; }

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out;
}

class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
    void blanks() { skip(is_blank); }
    void separators() {
        skip([](char c) { return is_blank(c) || c == ','; });
    }
    std::string_view token() { return skip(is_token_char); }
    bool take(char c) {
        const bool here = !at_end() && text_[at_] == c;
        at_ += here ? 1 : 0;
        return here;
    }

    // name = value, value a token or a quoted text. Takes nothing unless the whole of it stands here.
    std::optional<world::Pair> pair() {
        const std::size_t start = at_;
        world::Pair got;
        got.name = lower(token());
        blanks();
        if (!got.name.empty() && take('=')) {
            blanks();
            const bool quoted = take('"');
            if (quoted ? quoted_rest(got.value) : !(got.value = std::string(token())).empty()) {
                blanks();
                if (at_end() || text_[at_] == ',') {
                    return got;
                }
            }
        }
        at_ = start;
        return std::nullopt;
    }

    // One opaque word up to the next comma.
    std::string_view token68() {
        const std::size_t start = at_;
        skip(is_token68_char);
        const bool any = at_ > start;
        skip([](char c) { return c == '='; });
        const std::string_view word = text_.substr(start, at_ - start);
        blanks();
        if (any && (at_end() || text_[at_] == ',')) {
            return word;
        }
        at_ = start;
        return {};
    }

private:
    template <class Wanted>
    std::string_view skip(Wanted wanted) {
        const std::size_t start = at_;
        while (!at_end() && wanted(text_[at_])) {
            ++at_;
        }
        return text_.substr(start, at_ - start);
    }
    bool quoted_rest(std::string& value) {
        while (!at_end()) {
            char c = text_[at_++];
            if (c == '"') {
                return true;
            }
            if (c == '\\') {
                if (at_end()) {
                    return false;
                }
                c = text_[at_++];
            }
            value.push_back(c);
        }
        return false;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

bool repeats_a_name(const Challenge& challenge) {
    std::vector<std::string_view> names;
    for (const world::Pair& one : challenge.parameters) {
        names.push_back(one.name);
    }
    std::sort(names.begin(), names.end());
    return std::adjacent_find(names.begin(), names.end()) != names.end();
}

void read_parameters(Scanner& scanner, Challenge& challenge) {
    while (std::optional<world::Pair> one = scanner.pair()) {
        challenge.parameters.push_back(std::move(*one));
        scanner.separators();
    }
    if (challenge.parameters.empty()) {
        challenge.token68 = std::string(scanner.token68());
    }
}

}  // namespace

std::vector<Challenge> parse_challenges(std::string_view header) {
    constexpr std::size_t max_header = 16384;
    std::vector<Challenge> challenges;
    Scanner scanner(header.substr(0, max_header));
    for (scanner.separators(); !scanner.at_end(); scanner.separators()) {
        Challenge challenge;
        challenge.scheme = lower(scanner.token());
        const bool blank_behind = scanner.take(' ') || scanner.take('\t');
        scanner.blanks();
        const bool bare = scanner.at_end() || scanner.take(',');
        if (challenge.scheme.empty() || (!bare && !blank_behind)) {
            break;  // from here on nothing is certain
        }
        if (!bare) {
            read_parameters(scanner, challenge);
            if (challenge.parameters.empty() && challenge.token68.empty()) {
                break;
            }
        }
        if (!repeats_a_name(challenge)) {
            challenges.push_back(std::move(challenge));
        }
    }
    return challenges;
}

std::vector<Challenge> challenges_of(const std::vector<world::Pair>& response_headers) {
    std::vector<Challenge> all;
    for (const world::Pair& one : response_headers) {
        if (one.name == "www-authenticate") {
            for (Challenge& challenge : parse_challenges(one.value)) {
                all.push_back(std::move(challenge));
            }
        }
    }
    return all;
}

std::string_view parameter(const Challenge& challenge, std::string_view name) {
    for (const world::Pair& one : challenge.parameters) {
        if (one.name == name) {
            return one.value;
        }
    }
    return {};
}

}  // namespace cutaway::registry
