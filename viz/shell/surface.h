// SPDX-License-Identifier: Apache-2.0
// Surface: where frames are drawn: without a window into memory (EGL surfaceless, software GL will do), or a window.
// It owns the ImGui context and the fonts. One at a time, one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "viz/shell/keys.h"
#include "viz/theme/theme.h"
#include "viz/theme/type.h"

namespace cutaway::shell {

struct Pixels {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> rgb;  // top row first
};

struct Pointer {
    float x = -1;
    float y = -1;
    bool down = false;
    float wheel = 0;
};

// What draws a frame: between ImGui's NewFrame and Render.
using Draw = std::function<void(const theme::Fonts& fonts, float width, float height)>;

class Offscreen {
public:
    // Errc::unsupported, with what to install, where there is no EGL that can draw without a display.
    static Result<std::unique_ptr<Offscreen>> create(int width, int height, float scale);
    ~Offscreen();
    Offscreen(const Offscreen&) = delete;
    Offscreen& operator=(const Offscreen&) = delete;

    void set_scale(float scale);
    Status resize(int width, int height);
    void frame(const Pointer& pointer, theme::Colour ground, const Draw& draw);
    void build(const Pointer& pointer, const Draw& draw);  // all of a frame that is not GL's: for its cost
    // Into the line that has the keyboard, with the next frame: letters, or the key that this stroke is.
    static void type(const std::string& text);
    static void strike(Key key, bool down);
    Pixels read();

private:
    struct Parts;
    explicit Offscreen(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace cutaway::shell
