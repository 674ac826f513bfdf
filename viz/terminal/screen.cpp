// SPDX-License-Identifier: Apache-2.0
#include "viz/terminal/screen.h"

#include <algorithm>
#include <deque>
#include <utility>

#include <vterm.h>

#include "viz/terminal/tame.h"

namespace cutaway::terminal {

namespace {

constexpr std::size_t most_replies = 4096;

void append(std::string& out, char32_t letter) {
    const auto put = [&out](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (letter < 0x80) {
        put(letter);
    } else if (letter < 0x800) {
        put(0xC0 | (letter >> 6));
        put(0x80 | (letter & 0x3F));
    } else if (letter < 0x10000) {
        put(0xE0 | (letter >> 12));
        put(0x80 | ((letter >> 6) & 0x3F));
        put(0x80 | (letter & 0x3F));
    } else if (letter < 0x110000) {
        put(0xF0 | (letter >> 18));
        put(0x80 | ((letter >> 12) & 0x3F));
        put(0x80 | ((letter >> 6) & 0x3F));
        put(0x80 | (letter & 0x3F));
    }
}

Hue hue_of(const VTermColor& colour) {
    Hue hue;
    if (VTERM_COLOR_IS_DEFAULT_FG(&colour) || VTERM_COLOR_IS_DEFAULT_BG(&colour)) {
        return hue;
    }
    if (VTERM_COLOR_IS_INDEXED(&colour)) {
        hue.kind = Hue::Kind::palette;
        hue.index = colour.indexed.idx;
        return hue;
    }
    hue.kind = Hue::Kind::rgb;
    hue.r = colour.rgb.red;
    hue.g = colour.rgb.green;
    hue.b = colour.rgb.blue;
    return hue;
}

// A cell behind a wide one has no letter that can be drawn.
constexpr std::uint32_t behind_wide = 0xFFFFFFFF;

Cell cell_of(const VTermScreenCell& from) {
    Cell cell;
    const bool empty = from.chars[0] == 0 || from.chars[0] == behind_wide;
    cell.letters = {empty ? U'\0' : static_cast<char32_t>(from.chars[0]),
                    empty ? U'\0' : static_cast<char32_t>(from.chars[1])};
    cell.wide = from.width > 1;
    cell.look.ink = hue_of(from.fg);
    cell.look.ground = hue_of(from.bg);
    cell.look.bold = from.attrs.bold != 0;
    cell.look.underline = from.attrs.underline != 0;
    cell.look.reverse = from.attrs.reverse != 0;
    return cell;
}

bool is_blank(const Cell& cell) {
    return (cell.letters[0] == 0 || cell.letters[0] == U' ') && cell.look.ground == Hue{} && !cell.look.reverse &&
           !cell.look.underline;
}

void trim(std::vector<Cell>& cells) {
    while (!cells.empty() && is_blank(cells.back())) {
        cells.pop_back();
    }
}

VTermKey key_of(Key key) {
    switch (key) {
        case Key::enter: return VTERM_KEY_ENTER;
        case Key::tab: return VTERM_KEY_TAB;
        case Key::backspace: return VTERM_KEY_BACKSPACE;
        case Key::escape: return VTERM_KEY_ESCAPE;
        case Key::up: return VTERM_KEY_UP;
        case Key::down: return VTERM_KEY_DOWN;
        case Key::left: return VTERM_KEY_LEFT;
        case Key::right: return VTERM_KEY_RIGHT;
        case Key::home: return VTERM_KEY_HOME;
        case Key::end: return VTERM_KEY_END;
        case Key::page_up: return VTERM_KEY_PAGEUP;
        case Key::page_down: return VTERM_KEY_PAGEDOWN;
        case Key::insert: return VTERM_KEY_INS;
        case Key::del: return VTERM_KEY_DEL;
        case Key::letter: break;
    }
    return VTERM_KEY_NONE;
}

VTermModifier modifiers_of(const Press& press) {
    int all = VTERM_MOD_NONE;
    all |= press.control ? VTERM_MOD_CTRL : 0;
    all |= press.alt ? VTERM_MOD_ALT : 0;
    all |= press.shift && press.key != Key::letter ? VTERM_MOD_SHIFT : 0;  // of a letter it is in the letter
    return static_cast<VTermModifier>(all);
}

Size bounded(Size size) {
    return {std::clamp(size.rows, Screen::least.rows, Screen::most.rows),
            std::clamp(size.columns, Screen::least.columns, Screen::most.columns)};
}

}  // namespace

struct Screen::Parts {
    VTerm* vterm = nullptr;
    VTermScreen* screen = nullptr;
    VTermScreenCallbacks callbacks{};
    Tamer tamer;
    std::deque<std::vector<Cell>> above;
    std::uint64_t forgotten = 0;  // lines that were above and are not kept
    std::string replies;
    bool cursor_visible = true;
    bool full_screen = false;

    explicit Parts(Size size) {
        vterm = vterm_new(size.rows, size.columns);
        vterm_set_utf8(vterm, 1);
        vterm_output_set_callback(vterm, &answered, this);
        screen = vterm_obtain_screen(vterm);
        callbacks.settermprop = &changed;
        callbacks.sb_pushline = &pushed;
        callbacks.sb_popline = &popped;
        vterm_screen_set_callbacks(screen, &callbacks, this);
        vterm_screen_enable_altscreen(screen, 1);
        vterm_screen_reset(screen, 1);
    }
    ~Parts() { vterm_free(vterm); }
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;

    static void answered(const char* bytes, std::size_t count, void* user) {
        auto& self = *static_cast<Parts*>(user);
        if (self.replies.size() + count <= most_replies) {
            self.replies.append(bytes, count);
        }
    }
    static int changed(VTermProp prop, VTermValue* value, void* user) {
        auto& self = *static_cast<Parts*>(user);
        if (prop == VTERM_PROP_CURSORVISIBLE) {
            self.cursor_visible = value->boolean != 0;
        } else if (prop == VTERM_PROP_ALTSCREEN) {
            self.full_screen = value->boolean != 0;
        }
        return 1;
    }
    static int pushed(int columns, const VTermScreenCell* cells, void* user) {
        auto& self = *static_cast<Parts*>(user);
        std::vector<Cell> line;
        line.reserve(static_cast<std::size_t>(columns));
        for (int n = 0; n < columns; ++n) {
            line.push_back(cell_of(cells[n]));
        }
        trim(line);
        line.shrink_to_fit();
        self.above.push_back(std::move(line));
        if (self.above.size() > most_lines) {
            self.above.pop_front();
            ++self.forgotten;
        }
        return 1;
    }
    // A taller screen could have lines back; they stay above, where their numbers are.
    static int popped(int, VTermScreenCell*, void*) { return 0; }

    [[nodiscard]] Cell at(int row, int column) const {
        VTermScreenCell cell{};
        (void)vterm_screen_get_cell(screen, VTermPos{row, column}, &cell);
        return cell_of(cell);
    }
};

Screen::Screen(Size size) : parts_(std::make_unique<Parts>(bounded(size))) {}
Screen::~Screen() = default;

void Screen::feed(std::string_view bytes) {
    const std::string tame = parts_->tamer.pass(bytes);
    (void)vterm_input_write(parts_->vterm, tame.data(), tame.size());
}

void Screen::resize(Size size) {
    const Size now = bounded(size);
    if (now == this->size()) {
        return;
    }
    const auto write = [this](std::string_view bytes) {
        (void)vterm_input_write(parts_->vterm, bytes.data(), bytes.size());
    };
    const auto place = [this] {
        VTermPos at{};
        vterm_state_get_cursorpos(vterm_obtain_state(parts_->vterm), &at);
        return at;
    };
    const auto go_to = [&write](VTermPos to, Size within) {
        const auto bound = [](int value, int count) { return std::to_string(std::clamp(value, 0, count - 1) + 1); };
        write("\x1b[" + bound(to.row, within.rows) + ";" + bound(to.col, within.columns) + "H");
    };
    const VTermPos before = place();
    write("\x18\x1b[?69l\x1b[?6l\x1b[r");  // margins of the old size would reach beyond the new one; it all goes home
    go_to(before, this->size());
    vterm_set_size(parts_->vterm, now.rows, now.columns);
    go_to(place(), now);  // what scrolled off the top took it along, or beyond
    write(
        "\x1b"
        "7");  // a place that was kept could lie outside now, and going back there is not checked
}

Size Screen::size() const {
    Size size;
    vterm_get_size(parts_->vterm, &size.rows, &size.columns);
    return size;
}

bool Screen::full_screen() const { return parts_->full_screen; }
std::uint64_t Screen::first() const { return parts_->forgotten; }
std::uint64_t Screen::top() const { return parts_->forgotten + parts_->above.size(); }

std::uint64_t Screen::used() const {
    std::uint64_t last = cursor().at.line;
    for (std::uint64_t number = end(); number > last + 1; --number) {
        if (!line(number - 1).empty()) {
            return number;
        }
    }
    return last + 1;
}

Cursor Screen::cursor() const {
    VTermPos at{};
    vterm_state_get_cursorpos(vterm_obtain_state(parts_->vterm), &at);
    Cursor cursor;
    cursor.at = {top() + static_cast<std::uint64_t>(std::clamp(at.row, 0, size().rows - 1)),
                 std::clamp(at.col, 0, size().columns - 1)};
    cursor.visible = parts_->cursor_visible;
    return cursor;
}

std::vector<Cell> Screen::line(std::uint64_t number) const {
    if (number < first() || number >= end()) {
        return {};
    }
    if (number < top()) {
        return parts_->above[static_cast<std::size_t>(number - first())];
    }
    std::vector<Cell> cells;
    const int row = static_cast<int>(number - top());
    const int columns = size().columns;
    cells.reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column) {
        cells.push_back(parts_->at(row, column));
    }
    trim(cells);
    return cells;
}

std::string Screen::text(Place from, Place to) const {
    std::string out;
    for (std::uint64_t number = std::max(from.line, first()); number <= to.line && number < end(); ++number) {
        std::vector<Cell> cells = line(number);
        if (number == to.line && static_cast<std::size_t>(std::max(to.column, 0)) < cells.size()) {
            cells.resize(static_cast<std::size_t>(std::max(to.column, 0)));
        }
        if (number == from.line) {
            const auto skip = std::min(static_cast<std::size_t>(std::max(from.column, 0)), cells.size());
            cells.erase(cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(skip));
        }
        out += utf8(cells);
        out += number < to.line ? "\n" : "";
    }
    return out;
}

std::string Screen::press(const Press& press) {
    std::string kept = std::exchange(parts_->replies, {});
    if (press.key == Key::letter) {
        vterm_keyboard_unichar(parts_->vterm, static_cast<std::uint32_t>(press.letter), modifiers_of(press));
    } else {
        vterm_keyboard_key(parts_->vterm, key_of(press.key), modifiers_of(press));
    }
    return std::exchange(parts_->replies, std::move(kept));
}

std::string Screen::paste(std::string_view text) {
    std::string kept = std::exchange(parts_->replies, {});
    vterm_keyboard_start_paste(parts_->vterm);
    std::string out = std::exchange(parts_->replies, {});
    for (const char c : text) {  // as if typed; what could end the paste early is no text
        if (c == '\n') {
            out += '\r';
        } else if (static_cast<unsigned char>(c) >= 0x20 || c == '\t') {
            out += c;
        }
    }
    vterm_keyboard_end_paste(parts_->vterm);
    return out + std::exchange(parts_->replies, std::move(kept));
}

std::string Screen::replies() { return std::exchange(parts_->replies, {}); }

std::string utf8(const Cell& cell) {
    std::string out;
    append(out, cell.letters[0] == 0 ? U' ' : cell.letters[0]);
    if (cell.letters[0] != 0 && cell.letters[1] != 0) {
        append(out, cell.letters[1]);
    }
    return out;
}

std::string utf8(const std::vector<Cell>& cells) {
    std::string out;
    for (std::size_t n = 0; n < cells.size(); ++n) {
        out += utf8(cells[n]);
        n += cells[n].wide ? 1 : 0;
    }
    return out;
}

}  // namespace cutaway::terminal
