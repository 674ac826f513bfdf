// SPDX-License-Identifier: Apache-2.0
#include "core/cli/bars.h"

#include <algorithm>

#include "core/cli/text.h"

namespace cutaway::cli {

namespace {

constexpr double steps = 200;
constexpr std::size_t bar_width = 50;      // docker's
constexpr std::size_t room_for_bar = 110;  // columns; narrower, and docker leaves it out
constexpr engine::TerminalSize unknown{24, 80};

std::string padded(const std::string& text, std::size_t width) {
    return std::string(width - std::min(width, text.size()), ' ') + text;
}

std::string up(std::size_t lines) { return "\x1b[" + std::to_string(lines) + "A"; }
std::string down(std::size_t lines) { return "\x1b[" + std::to_string(lines) + "B"; }

}  // namespace

std::string bar_text(const engine::LayerBar& bar, std::size_t columns) {
    if (bar.total == 0) {
        return bar.status;
    }
    const std::uint64_t done = std::min(bar.done, bar.total);
    const auto filled =
        static_cast<std::size_t>(static_cast<double>(done) / static_cast<double>(bar.total) * bar_width);
    std::string text = bar.status + " ";
    if (columns > room_for_bar) {
        text += "[" + std::string(filled, '=') + ">" + std::string(bar_width - filled, ' ') + "] ";
    }
    return text + padded(human_size(done), 8) + "/" + human_size(bar.total);
}

void Bars::say(std::string_view line) {
    const std::lock_guard<std::mutex> lock(mutex_);
    lines_.clear();
    put_(std::string(line) + "\n");
}

void Bars::layer(std::string_view id, std::string_view status) {
    const std::lock_guard<std::mutex> lock(mutex_);
    show({std::string(id), std::string(status), {}, 0});
}

void Bars::progress(const engine::LayerBar& bar) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto step =
        bar.total == 0
            ? 0
            : static_cast<std::uint64_t>(static_cast<double>(bar.done) / static_cast<double>(bar.total) * steps);
    const auto here = std::find_if(lines_.begin(), lines_.end(), [&](const Line& line) { return line.id == bar.id; });
    if (here == lines_.end() || here->status != bar.status || here->step != step) {
        show({bar.id, bar_text(bar, screen_().value_or(unknown).columns), bar.status, step});
    }
}

void Bars::show(Line line) {
    const engine::TerminalSize size = screen_().value_or(unknown);
    // The last column stays free: some terminals wrap when it is written, and then a line would be two.
    const std::string text = (line.id + ": " + line.text).substr(0, size.columns > 1 ? size.columns - 1U : 1U);
    const auto here = std::find_if(lines_.begin(), lines_.end(), [&](const Line& one) { return one.id == line.id; });
    if (here == lines_.end()) {
        lines_.push_back(std::move(line));
        put_(text + "\n");
        return;
    }
    const auto above = static_cast<std::size_t>(lines_.end() - here);
    *here = std::move(line);
    if (above < size.rows) {
        put_(up(above) + "\r\x1b[2K" + text + "\r" + down(above));
    }
}

LayerOutput::LayerOutput(Console& console, bool quiet)
    : console_(console),
      quiet_(quiet),
      drawn_(console.screen(engine::Stream::out).has_value()),
      bars_([&console](std::string_view text) { console.out(text); },
            [&console] { return console.screen(engine::Stream::out); }) {}

void LayerOutput::say(std::string_view line) {
    if (!quiet_ && drawn_) {
        bars_.say(line);
    } else if (!quiet_) {
        console_.out(std::string(line) + "\n");
    }
}

void LayerOutput::layer(std::string_view id, std::string_view status) {
    if (!quiet_ && drawn_) {
        bars_.layer(id, status);
    } else {
        Console::layer(id, status);
    }
}

void LayerOutput::progress(const engine::LayerBar& bar) {
    if (!quiet_ && drawn_) {
        bars_.progress(bar);
    }
}

}  // namespace cutaway::cli
