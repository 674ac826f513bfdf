// SPDX-License-Identifier: Apache-2.0
// Shots: a walk through a run or a lesson without a display, a picture a stop or a page. The frames are those that the window shows.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "viz/root/frame.h"
#include "viz/shell/surface.h"

namespace cutaway::root {

struct ShotOptions {
    int width = 1920;
    int height = 1080;
    float zoom = 1;
    int profile = 0;
    trace::StepMode grain = trace::StepMode::phase;
};

struct Shot {
    const shell::Pixels& pixels;
    const std::vector<widgets::Label>& labels;
    const view::Moment& moment;
    std::string name;  // "012-overlay"
    bool card_fits;    // of a lesson
};

using TakeShot = std::function<Status(const Shot&)>;

// A room, a surface, and what is typed into the one and drawn on the other. The room outlives it.
class Studio {
public:
    static Result<std::unique_ptr<Studio>> create(app::Room& room, const ShotOptions& options);

    app::Desk& desk() { return room_.desk(); }
    Shot shoot(const std::string& name);  // good until the next
    // Performs each line to its end, stop by stop, or goes through a recording; a shot at each stop and at the end.
    Status walk(const std::vector<std::string>& lines, const TakeShot& take);
    // Plays the open lesson to its end as somebody who takes the first answer and is shown every task; a shot a page.
    Status walk_lesson(const TakeShot& take);
    Status settle();  // until nothing more comes by itself

    // What a person does, as scripts and tests do it: each draws the frames that it takes, and what the panels then ask
    // for is done. Errc::not_found: nothing of that id is drawn.
    Status press(const std::string& id);
    Status type(const std::string& text);
    Status strike(const shell::Stroke& stroke);

private:
    Studio(app::Room& room, const ShotOptions& options) : room_(room), options_(options) {}
    Status walk_on(const TakeShot& take);
    void draw(const shell::Pointer& pointer);
    std::string name_here();

    app::Room& room_;
    ShotOptions options_;
    std::unique_ptr<shell::Offscreen> surface_;
    Typing typing_;
    shell::Pixels pixels_;
    std::vector<widgets::Label> labels_;
    std::vector<widgets::Touchable> touchables_;
    bool card_fits_ = true;
    float unit_ = 1;  // pixels
    int number_ = 0;
};

}  // namespace cutaway::root
