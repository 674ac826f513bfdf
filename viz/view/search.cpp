// SPDX-License-Identifier: Apache-2.0
#include "viz/view/search.h"

#include <algorithm>
#include <array>

#include "core/base/json.h"

namespace cutaway::view {

namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

// Between the quotes that JSON would put around it.
std::string as_written(std::string_view word) {
    std::string out;
    json::append_string(out, lowered(word));
    return out.substr(1, out.size() - 2);
}

template <class E>
std::string names_of() {
    std::string out;
    for (const std::string_view name : enum_names(E{})) {
        out += name == "none" ? "" : (out.empty() ? "" : ", ") + std::string(name);
    }
    return out;
}

template <class E>
Status choose(std::optional<E>& into, std::string_view what, std::string_view name) {
    into = from_name<E>(name);
    if (!into || name == "none") {
        into.reset();
        return fail(Errc::invalid,
                    "no such " + std::string(what) + ": " + std::string(name) + "; there are " + names_of<E>());
    }
    return {};
}

// What stands before an event's body holds no braces.
std::size_t body_begin(std::string_view line) { return std::min(line.find('{', 1), line.size()); }

bool says(std::string_view head, std::string_view key, std::string_view value) {
    const std::string wanted = "\"" + std::string(key) + "\":\"" + std::string(value) + "\"";
    return head.find(wanted) != std::string_view::npos;
}

bool by_actor(std::string_view head, world::Actor actor) {
    const bool unsaid = head.find("\"actor\":") == std::string_view::npos;
    return unsaid ? actor == world::Actor::daemon : says(head, "actor", to_name(actor));
}

template <class E>
void offer_names(std::vector<std::string>& offers, std::string_view kept, std::string_view begun) {
    for (const std::string_view name : enum_names(E{})) {
        if (name.starts_with(begun) && name != begun && name != "none") {
            offers.push_back(std::string(kept) + std::string(name));
        }
    }
}

}  // namespace

Result<SearchQuery> parse_query(std::string_view text) {
    SearchQuery query;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        const std::string_view word = text.substr(at, end - at);
        at = end + 1;
        if (word.starts_with("phase:") && word.size() > 6) {
            TRY(choose(query.phase, "phase", word.substr(6)));
        } else if (word.starts_with("actor:") && word.size() > 6) {
            TRY(choose(query.actor, "actor", word.substr(6)));
        } else if (word == "error") {
            query.errors = true;
        } else if (!word.empty() && word != "phase:" && word != "actor:") {
            query.words.push_back(as_written(word));
        }
    }
    return query;
}

bool found_in(const SearchQuery& query, std::string_view line, std::string& scratch) {
    const std::size_t begin = body_begin(line);
    const std::string_view head = line.substr(0, begin);
    const std::string_view body = line.substr(begin);
    if ((query.phase && !says(head, "phase", to_name(*query.phase))) ||
        (query.actor && !by_actor(head, *query.actor))) {
        return false;
    }
    if (query.errors && body.find("\"failed\":true") == std::string_view::npos) {
        return false;
    }
    if (query.words.empty()) {
        return !is_blank(query);
    }
    scratch.assign(body);
    std::transform(scratch.begin(), scratch.end(), scratch.begin(), lower);
    return std::all_of(query.words.begin(), query.words.end(),
                       [&](const std::string& word) { return scratch.find(word) != std::string::npos; });
}

std::vector<std::string> complete_query(std::string_view text) {
    const std::size_t space = text.rfind(' ');
    const std::string_view kept = text.substr(0, space == std::string_view::npos ? 0 : space + 1);
    const std::string_view word = text.substr(kept.size());
    std::vector<std::string> offers;
    if (word.starts_with("phase:")) {
        offer_names<world::Phase>(offers, text.substr(0, kept.size() + 6), word.substr(6));
    } else if (word.starts_with("actor:")) {
        offer_names<world::Actor>(offers, text.substr(0, kept.size() + 6), word.substr(6));
    } else if (!word.empty()) {
        for (const std::string_view one : {"phase:", "actor:", "error"}) {
            if (one.starts_with(word) && one != word) {
                offers.push_back(std::string(kept) + std::string(one));
            }
        }
    }
    return offers;
}

}  // namespace cutaway::view
