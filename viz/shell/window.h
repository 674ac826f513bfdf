// SPDX-License-Identifier: Apache-2.0
// Window: a window of the desktop, as Offscreen draws into memory. It sleeps until something is typed, moved or told by
// wake(), and draws then; it knows no container. One at a time, on the main thread; wake() may come from any.
#pragma once

#include <memory>
#include <vector>

#include "viz/shell/surface.h"

namespace cutaway::shell {

class Window {
public:
    // Errc::unsupported, with what to do, where there is no display or no OpenGL.
    static Result<std::unique_ptr<Window>> create(int width, int height, float scale);
    ~Window();
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;

    [[nodiscard]] bool open() const;
    // Waits for something to happen, at most that long, and answers the keys that were struck meanwhile.
    std::vector<Stroke> wait(double seconds);
    [[nodiscard]] bool stirred() const;  // while it waited last: something happened, if only the pointer moved
    std::vector<std::string> dropped();  // files that were dropped on it since
    // Up and Down are ours alone, too; or every key and character is, for a terminal.
    void hold_keys(bool arrows, bool all);
    void set_scale(float scale);
    void frame(theme::Colour ground, const Draw& draw);
    static void wake();

private:
    struct Parts;
    explicit Window(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace cutaway::shell
