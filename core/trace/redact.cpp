// SPDX-License-Identifier: Apache-2.0
// The structures: which field of which event holds what, and JSON bodies walked key by key.
#include "core/trace/redact.h"

#include <algorithm>
#include <type_traits>
#include <variant>

#include "core/base/json.h"

namespace cutaway::trace {

namespace {

constexpr int deepest = 48;

void blot_json(std::string& out, std::string_view raw) {
    const bool nothing = raw == "null" || raw == "\"\"" || raw == "{}" || raw == "[]";
    if (nothing) {
        out.append(raw);
    } else {
        json::append_string(out, blot);
    }
}

// Copies a JSON value with its secrets blotted; false if it is no JSON.
class JsonBlotter {
public:
    explicit JsonBlotter(std::string_view text) : in_(text) {}

    bool run(std::string& out) { return value(out, 0) && in_.at_end(); }

private:
    bool value(std::string& out, int depth, bool build_line = false) {
        const char c = in_.peek();
        if (depth > deepest) {
            return false;
        }
        if (c == '{') {
            return object(out, depth);
        }
        if (c == '[') {
            return array(out, depth);
        }
        if (c == '"') {
            std::string text;
            if (!in_.read_string(text)) {
                return false;
            }
            redact_text(text);
            if (build_line) {
                redact_build_line(text);
            }
            json::append_string(out, text);
            return true;
        }
        std::string_view raw;
        const bool good = in_.raw(raw);
        out.append(raw);
        return good;
    }

    bool object(std::string& out, int depth) {
        if (!in_.begin_object()) {
            return false;
        }
        out.push_back('{');
        std::string_view key;
        for (bool first = true; in_.next_key(key); first = false) {
            if (!first) {
                out.push_back(',');
            }
            out.push_back('"');
            out.append(key);
            out.append("\":");
            if (!member(out, key, depth)) {
                return false;
            }
        }
        out.push_back('}');
        return in_.ok();
    }

    bool member(std::string& out, std::string_view key, int depth) {
        std::string_view raw;
        if (names_a_secret(key)) {
            const bool good = in_.raw(raw);
            blot_json(out, raw);
            return good;
        }
        if ((key == "Env" || key == "env" || key == "Cmd" || key == "cmd" || key == "args" || key == "Entrypoint") &&
            in_.peek() == '[') {
            return words(out, key == "Env" || key == "env");
        }
        return value(out, depth + 1, key == "created_by" || key == "CreatedBy");
    }

    bool words(std::string& out, bool environment) {
        std::vector<std::string> all;
        if (!in_.begin_array()) {
            return false;
        }
        while (in_.next_item()) {
            if (!in_.read_string(all.emplace_back())) {
                return false;
            }
        }
        environment ? redact_environment(all) : redact_argv(all);
        out.push_back('[');
        for (std::size_t i = 0; i < all.size(); ++i) {
            out.append(i == 0 ? "" : ",");
            json::append_string(out, all[i]);
        }
        out.push_back(']');
        return in_.ok();
    }

    bool array(std::string& out, int depth) {
        if (!in_.begin_array()) {
            return false;
        }
        out.push_back('[');
        for (bool first = true; in_.next_item(); first = false) {
            if (!first) {
                out.push_back(',');
            }
            if (!value(out, depth + 1)) {
                return false;
            }
        }
        out.push_back(']');
        return in_.ok();
    }

    json::Reader in_;
};

// A joined command line, word by word; quoting is not undone, so a blot may take a little more than the secret.
void redact_line(std::string& line) {
    std::vector<std::string> words;
    std::size_t at = 0;
    while (at <= line.size()) {
        const std::size_t end = std::min(line.find(' ', at), line.size());
        words.push_back(line.substr(at, end - at));
        at = end + 1;
    }
    redact_argv(words);
    line.clear();
    for (std::size_t i = 0; i < words.size(); ++i) {
        line.append(i == 0 ? "" : " ");
        line.append(words[i]);
    }
}

// Every text below a described value; what a kind needs beyond that is an overload of `special`.
template <class T>
void special(T&) {}
void special(world::Execute& call) {
    redact_argv(call.argv);
    redact_environment(call.env);
}
void special(world::LoadSeccomp& call) { call.filter.clear(); }  // bytes that nobody reads
void special(world::HttpRequest& call) {
    redact_headers(call.headers);
    redact_body(call.body);
}
void special(world::ApiRequest& call) { redact_body(call.body); }
void special(world::Reply& reply) {
    redact_headers(reply.headers);
    redact_body(reply.text);
}
void special(world::LayerNote& note) { redact_build_line(note.created_by); }
void special(world::ImageKnown& note) { redact_argv(note.command); }
void special(world::ContainerKnown& note) { redact_line(note.command); }
void special(world::CommandTyped& note) { redact_argv(note.argv); }
void special(world::ProcessStarted& seen) { redact_line(seen.command); }
void special(world::ProcessChanged& seen) { redact_line(seen.command); }

template <class T>
void walk(T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
        redact_text(value);
    } else if constexpr (std::is_same_v<T, world::OutputLine>) {
        return;
    } else if constexpr (IsVariant<T>::value) {
        std::visit([](auto& held) { walk(held); }, value);
    } else if constexpr (requires { value.begin(); }) {
        for (auto& item : value) {
            walk(item);
        }
    } else if constexpr (Described<T>) {
        special(value);
        visit_fields(&value, [&](std::string_view, auto member) { walk(value.*member); });
    }
}

}  // namespace

void redact_body(std::string& body) {
    const std::size_t first = body.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) {
        return;
    }
    if (body[first] != '{' && body[first] != '[') {
        redact_text(body);  // a form: grant_type=…&refresh_token=…
        return;
    }
    std::string out;
    if (JsonBlotter(body).run(out)) {
        body = std::move(out);
    } else {
        body = blot;
    }
}

void redact(Event& event) { walk(event.body); }

}  // namespace cutaway::trace
