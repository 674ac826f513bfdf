// SPDX-License-Identifier: Apache-2.0
// A pull's and a push's layers on a terminal: one line each, written again where it stands, as docker has it. Between
// two writes the cursor is at the beginning of a free line and no mode is set, so a program that ends at any moment
// leaves the terminal as it was. A bar moves in steps, so that a slow terminal keeps up. Lines are cut at the terminal's edge, and one that has scrolled away stays as it is.
// Any thread.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/cli/console.h"

namespace cutaway::cli {

// "Downloading [=====>     ]  10.5MB/31.4MB", as wide as there is room for.
std::string bar_text(const engine::LayerBar& bar, std::size_t columns);

class Bars {
public:
    using Put = std::function<void(std::string_view)>;
    using Screen = std::function<std::optional<engine::TerminalSize>()>;  // asked before each write; nothing: unknown
    Bars(Put put, Screen screen) : put_(std::move(put)), screen_(std::move(screen)) {}

    void say(std::string_view line);  // below all layers, which stay as they are from now on
    void layer(std::string_view id, std::string_view status);
    void progress(const engine::LayerBar& bar);

private:
    struct Line {
        std::string id;
        std::string text;        // as it stands there
        std::string status;      // of the bar it is
        std::uint64_t step = 0;  // how far that is
    };
    void show(Line line);

    Put put_;
    Screen screen_;
    std::mutex mutex_;
    std::vector<Line> lines_;
};

// What a verb says of its layers: bars where `console` has a terminal for its output, plain lines otherwise, and with
// --quiet nothing. Whatever else is written passes.
class LayerOutput final : public Console {
public:
    LayerOutput(Console& console, bool quiet);
    void out(std::string_view bytes) override { console_.out(bytes); }
    void err(std::string_view bytes) override { console_.err(bytes); }
    void say(std::string_view line) override;
    void layer(std::string_view id, std::string_view status) override;
    void progress(const engine::LayerBar& bar) override;

private:
    Console& console_;
    bool quiet_;
    bool drawn_;
    Bars bars_;
};

}  // namespace cutaway::cli
