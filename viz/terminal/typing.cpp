// SPDX-License-Identifier: Apache-2.0
#include "viz/terminal/typing.h"

#include <algorithm>

#include "viz/terminal/screen.h"

namespace cutaway::terminal {

namespace {

constexpr std::size_t longest = 4000;
constexpr std::size_t most_kept = 200;

std::string text_of(const std::u32string& letters) {
    std::string out;
    for (const char32_t letter : letters) {
        Cell cell;
        cell.letters[0] = letter;
        out += utf8(cell);
    }
    return out;
}

}  // namespace

Typed Typing::press(const Press& press) {
    Typed typed;
    switch (press.key) {
        case Key::letter:
            if (press.control) {
                return control(press.letter);
            }
            if (press.letter >= 0x20 && press.letter != 0x7F && line_.size() < longest) {
                line_ += press.letter;
                typed.echo = text_of({press.letter});
            }
            break;
        case Key::enter: return enter();
        case Key::backspace: typed.echo = erase(1); break;
        case Key::up:
        case Key::down: typed.echo = recall(press.key == Key::up); break;
        default: break;
    }
    return typed;
}

Typed Typing::paste(const std::string& text) {
    Typed all;
    for (const char c : text) {
        Press one;
        one.key = c == '\n' ? Key::enter : Key::letter;
        one.letter = static_cast<unsigned char>(c);
        const Typed typed = press(one);
        all.echo += typed.echo;
        if (typed.input) {
            all.input = all.input.value_or("") + *typed.input;
        }
    }
    return all;
}

Typed Typing::enter() {
    Typed typed;
    typed.echo = "\r\n";
    typed.input = text_of(line_) + "\n";
    if (!line_.empty() && (lines_.empty() || lines_.back() != line_)) {
        lines_.push_back(line_);
        lines_.erase(lines_.begin(), lines_.end() - static_cast<std::ptrdiff_t>(std::min(lines_.size(), most_kept)));
    }
    line_.clear();
    recalled_ = 0;
    return typed;
}

Typed Typing::control(char32_t letter) {
    Typed typed;
    switch (letter) {
        case U'c':
            typed.echo = "^C\r\n";
            typed.interrupt = true;
            line_.clear();
            break;
        case U'd':  // what is typed goes as it is; nothing is the end
            typed.input = text_of(line_);
            line_.clear();
            break;
        case U'u': typed.echo = erase(line_.size()); break;
        case U'w': {
            std::size_t keep = line_.find_last_not_of(U' ');
            keep = keep == std::u32string::npos ? keep : line_.find_last_of(U' ', keep);
            typed.echo = erase(line_.size() - (keep == std::u32string::npos ? 0 : keep + 1));
            break;
        }
        case U'h': typed.echo = erase(1); break;
        case U'j':
        case U'm': return enter();
        default: break;
    }
    return typed;
}

std::string Typing::erase(std::size_t letters) {
    std::string echo;
    for (; letters > 0 && !line_.empty(); --letters) {
        line_.pop_back();
        echo += "\b \b";
    }
    return echo;
}

std::string Typing::recall(bool up) {
    if (up ? recalled_ >= lines_.size() : recalled_ == 0) {
        return {};
    }
    recalled_ += up ? 1 : std::size_t(0) - 1;
    std::string echo = erase(line_.size());
    line_ = recalled_ == 0 ? std::u32string() : lines_[lines_.size() - recalled_];
    return echo + text_of(line_);
}

}  // namespace cutaway::terminal
