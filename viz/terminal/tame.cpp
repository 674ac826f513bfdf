// SPDX-License-Identifier: Apache-2.0
#include "viz/terminal/tame.h"

namespace cutaway::terminal {

namespace {

constexpr char escape_char = '\x1b';
constexpr char cancel_char = '\x18';
constexpr char substitute_char = '\x1a';
constexpr char control_lead = '\xc2';  // of U+0080 to U+009F in UTF-8
constexpr int most_digits = 4;
constexpr int most_numbers = 16;

bool begins_string(char c) { return c == ']' || c == 'P' || c == '^' || c == '_' || c == 'X'; }

}  // namespace

std::string Tamer::pass(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    for (const char c : bytes) {
        step(c, out);
    }
    return out;
}

void Tamer::step(char c, std::string& out) {
    switch (state_) {
        case State::text:
            if (c == escape_char) {
                state_ = State::escape;
            } else if (c == control_lead) {
                state_ = State::lead;
            } else {
                out += c;
            }
            break;
        case State::lead:
            state_ = State::text;
            if (static_cast<unsigned char>(c) < 0x80 || static_cast<unsigned char>(c) > 0x9F) {
                out += control_lead;
                step(c, out);
            }
            break;
        case State::escape: begin(c, out); break;
        case State::sequence: number(c, out); break;
        case State::string:
            if (c == escape_char) {
                state_ = State::string_escape;
            } else if (c == '\a' || c == cancel_char || c == substitute_char) {
                state_ = State::text;
            }
            break;
        case State::string_escape:
            state_ = State::text;
            if (c != '\\') {  // a string that was not ended, and the next sequence
                begin(c, out);
            }
            break;
    }
}

void Tamer::begin(char c, std::string& out) {
    if (begins_string(c)) {
        state_ = State::string;
        return;
    }
    if (c == escape_char) {
        state_ = State::escape;
        return;
    }
    out += escape_char;
    out += c;
    state_ = c == '[' ? State::sequence : State::text;
    digits_ = 0;
    numbers_ = 1;
}

void Tamer::number(char c, std::string& out) {
    if (c == escape_char) {
        out += cancel_char;  // what came of it so far is nothing
        state_ = State::escape;
        return;
    }
    if (c >= '0' && c <= '9') {
        if (++digits_ <= most_digits && numbers_ <= most_numbers) {
            out += c;
        }
        return;
    }
    if (c == ';' || c == ':') {
        digits_ = 0;
        if (++numbers_ <= most_numbers) {
            out += c;
        }
        return;
    }
    out += c;
    if ((c >= '\x40' && c <= '\x7e') || c == cancel_char || c == substitute_char) {
        state_ = State::text;
    }
}

std::string with_returns(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 16);
    for (std::size_t n = 0; n < text.size(); ++n) {
        if (text[n] == '\n' && (n == 0 || text[n - 1] != '\r')) {
            out += '\r';
        }
        out += text[n];
    }
    return out;
}

}  // namespace cutaway::terminal
