// SPDX-License-Identifier: Apache-2.0
// Screen: a terminal without its picture: bytes in, cells out, and keys as the bytes that a program expects of them. What
// scrolls off the top is kept, so many lines. It draws nothing and knows no container. Whatever the bytes are, it holds
// no more than its size and its lines: see tame.h for what is not let through. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "viz/terminal/keys.h"

namespace cutaway::terminal {

struct Size {
    int rows = 24;
    int columns = 80;
    friend bool operator==(const Size&, const Size&) = default;
};

struct Hue {
    enum class Kind { usual, palette, rgb };
    Kind kind = Kind::usual;
    std::uint8_t index = 0;  // of a palette
    std::uint8_t r = 0;
    std::uint8_t g = 0;
    std::uint8_t b = 0;
    friend bool operator==(const Hue&, const Hue&) = default;
};

struct Look {
    Hue ink;
    Hue ground;
    bool bold = false;
    bool underline = false;
    bool reverse = false;
    friend bool operator==(const Look&, const Look&) = default;
};

struct Cell {
    std::array<char32_t, 2> letters{};  // one, and a mark on it; none: blank
    bool wide = false;                  // the next cell belongs to it
    Look look;
};

struct Place {  // lines count from the first that was ever shown
    std::uint64_t line = 0;
    int column = 0;
    friend auto operator<=>(const Place&, const Place&) = default;
};

struct Cursor {
    Place at;
    bool visible = true;
};

class Screen {
public:
    static constexpr std::size_t most_lines = 4000;  // above the top
    static constexpr Size least{2, 8};
    static constexpr Size most{200, 400};

    explicit Screen(Size size);
    ~Screen();
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    void feed(std::string_view bytes);
    void resize(Size size);  // within least and most

    [[nodiscard]] Size size() const;
    [[nodiscard]] bool full_screen() const;     // a program draws on a screen of its own, as editors do
    [[nodiscard]] std::uint64_t first() const;  // the oldest line that is kept
    [[nodiscard]] std::uint64_t top() const;    // the first that is not above the top
    [[nodiscard]] std::uint64_t end() const { return top() + static_cast<std::uint64_t>(size().rows); }
    [[nodiscard]] std::uint64_t used() const;  // behind the last line with something on it, or the cursor's
    [[nodiscard]] Cursor cursor() const;

    // The cells of a line without the blank ones at its end; none for a line that is not there.
    [[nodiscard]] std::vector<Cell> line(std::uint64_t number) const;
    // As it would be copied: lines without their blank ends, "\n" between them; the last cell is left out.
    [[nodiscard]] std::string text(Place from, Place to) const;

    [[nodiscard]] std::string press(const Press& press);  // what it sends
    [[nodiscard]] std::string paste(std::string_view text);
    [[nodiscard]] std::string replies();  // to what the program asked of it; each once

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

std::string utf8(const Cell& cell);  // " " for a blank one
std::string utf8(const std::vector<Cell>& cells);

}  // namespace cutaway::terminal
