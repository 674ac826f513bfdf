// SPDX-License-Identifier: Apache-2.0
// A drawing as an SVG element for paper: dark on white, told apart by words, dashes and thickness also where a printer
// has no colours. Pure; texts are escaped.
#pragma once

#include <string>
#include <string_view>

#include "core/lesson/figure.h"

namespace cutaway::lesson {

// `alt` is read to who cannot see it.
std::string figure_svg(const Drawing& drawing, std::string_view alt);

}  // namespace cutaway::lesson
