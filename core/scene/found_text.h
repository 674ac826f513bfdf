// SPDX-License-Identifier: Apache-2.0
// A whole Picture as JSON and back, for found.cpp. The two take a dozen seconds each to compile, so they are compiled
// side by side and only when the Picture changes.
#pragma once

#include <string>
#include <string_view>

#include "core/scene/picture.h"

namespace cutaway::scene {

void write_picture(std::string& out, const Picture& picture);
bool read_picture(std::string_view text, Picture& picture);  // the whole text is one Picture

}  // namespace cutaway::scene
