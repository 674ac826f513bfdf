// SPDX-License-Identifier: Apache-2.0
// Shots: a walk through a run without a display, a picture a stop. The frames are those that the window shows.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "viz/app/desk.h"
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
};

using TakeShot = std::function<Status(const Shot&)>;

// A desk, a surface, and what is typed into the one and drawn on the other.
class Studio {
public:
    static Result<std::unique_ptr<Studio>> create(app::Session& session, const ShotOptions& options);

    app::Desk& desk() { return desk_; }
    Shot shoot(const std::string& name);  // good until the next
    // Performs each line to its end, stop by stop, or goes through a recording; a shot at each stop and at the end.
    Status walk(const std::vector<std::string>& lines, const TakeShot& take);

private:
    Studio(app::Session& session, const ShotOptions& options);
    Status settle();
    Status walk_on(const TakeShot& take);
    std::string name_here();

    app::Session& session_;
    ShotOptions options_;
    app::Desk desk_;
    std::unique_ptr<shell::Offscreen> surface_;
    panels::TypedLine line_;
    shell::Pixels pixels_;
    std::vector<widgets::Label> labels_;
    int number_ = 0;
};

}  // namespace cutaway::root
