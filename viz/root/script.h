// SPDX-License-Identifier: Apache-2.0
// Script: what a person does at the window, as lines of JSON, each one of: {"perform":"run nginx"}, {"press":"ID"},
// {"type":"text"}, {"key":"ctrl+shift+p"}, {"shot":"name"}. Ids are those of what can be pressed, and never translated.
// After each line the window settles: whatever it waits for has come. docs/window.md is its manual.
#pragma once

#include "viz/root/shots.h"

namespace cutaway::root {

Result<shell::Stroke> stroke_of(const std::string& name);  // "f9", "ctrl+f", "shift+r", "enter"

// Errc::invalid names the line that cannot be read or done.
Status play_script(Studio& studio, const std::string& lines, const TakeShot& take);

}  // namespace cutaway::root
