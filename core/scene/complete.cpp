// SPDX-License-Identifier: Apache-2.0
// Completion: the path that the text ends in is evaluated up to its last separator, and what is there is offered.
#include <algorithm>

#include "core/scene/expression_tree.h"

namespace cutaway::scene {

namespace {

constexpr std::size_t most_offers = 50;

struct Ending {
    std::string_view keep;     // stays as typed, before the word under way
    std::string_view path;     // where to look; empty: at the top
    std::string_view word;     // what is typed of the name
    std::string_view closing;  // what follows the name
    bool pointer = false;
};

bool in_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// Back from `end` over names, dots, subscripts and slashes to where the path begins.
std::size_t path_begin(std::string_view text, std::size_t end) {
    std::size_t at = end;
    while (at > 0) {
        const char c = text[at - 1];
        if (c == ']') {
            const std::size_t open = text.rfind('[', at - 1);
            if (open == std::string_view::npos) {
                return at;
            }
            at = open;
        } else if (in_word(c) || c == '.' || c == '/' || c == '-' || c == '~') {
            --at;
        } else {
            return at;
        }
    }
    return at;
}

Ending ending_of(std::string_view text) {
    Ending ending;
    std::size_t word = text.size();
    const std::size_t open = text.rfind("[\"");
    if (open != std::string_view::npos && text.find('"', open + 2) == std::string_view::npos) {
        const std::size_t begin = path_begin(text, open);
        return {text.substr(0, open + 2), text.substr(begin, open - begin), text.substr(open + 2), "\"]", false};
    }
    while (word > 0 && (in_word(text[word - 1]) || text[word - 1] == '-')) {
        --word;
    }
    ending.keep = text.substr(0, word);
    ending.word = text.substr(word);
    if (word > 0 && (text[word - 1] == '.' || text[word - 1] == '/')) {
        ending.pointer = text[word - 1] == '/';
        const std::size_t begin = path_begin(text, word - 1);
        ending.path = text.substr(begin, word - 1 - begin);
    }
    return ending;
}

std::string guarded(std::string_view name, bool pointer) {
    std::string out;
    for (const char c : name) {
        if (pointer && (c == '/' || c == '~')) {
            out += c == '/' ? "~1" : "~0";
        } else {
            out += c;
        }
    }
    return out;
}

// A container is known by its name rather than by 64 digits.
std::string display_name(std::string_view key, const Node& node) {
    const std::optional<Node> record = node.child("record");
    const std::optional<Node> name = record ? record->child("name") : std::nullopt;
    return name && !name->text().empty() ? std::string(name->text()) : std::string(key);
}

void offer_children(const Node& node, const Ending& ending, std::vector<std::string>& offers) {
    auto offer = [&](std::string_view key, const Node& held) {
        const std::string name =
            guarded(node.shape() == Shape::map ? display_name(key, held) : std::string(key), ending.pointer);
        if (name.compare(0, ending.word.size(), ending.word) == 0) {
            offers.push_back(std::string(ending.keep) + name + std::string(ending.closing));
        }
        return offers.size() < most_offers;
    };
    node.each(offer);
    if (const std::optional<Node> record = node.shape() == Shape::record ? node.child("record") : std::nullopt) {
        record->each(offer);
    }
}

}  // namespace

std::vector<std::string> complete(std::string_view text, const Picture& picture) {
    std::vector<std::string> offers;
    if (text.size() > Expression::most_text) {
        return offers;
    }
    const Ending ending = ending_of(text);
    if (!ending.path.empty()) {
        const Result<Expression> path = parse_expression(ending.path);
        const Result<Value> value = path ? evaluate(*path, picture) : Result<Value>(Value(Missing{}));
        if (value && std::holds_alternative<Node>(*value)) {
            offer_children(std::get<Node>(*value), ending, offers);
        }
    } else {
        offer_children(node_of(picture), ending, offers);
        for (const Signature& signature : signatures) {
            const std::string_view name = to_name(signature.function);
            if (!ending.pointer && name.substr(0, ending.word.size()) == ending.word) {
                offers.push_back(std::string(ending.keep) + std::string(name) + "(");
            }
        }
    }
    std::sort(offers.begin(), offers.end());
    offers.erase(std::unique(offers.begin(), offers.end()), offers.end());
    return offers;
}

}  // namespace cutaway::scene
