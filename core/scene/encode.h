// SPDX-License-Identifier: Apache-2.0
// A Picture, or any place in it, as JSON: every field in the order of picture.h, map entries by key. The same Picture
// is the same text, byte for byte. It is for reading and comparing; nothing reads it back.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/scene/node.h"

namespace cutaway::scene {

enum class Layout { compact, indented };

std::string to_json(const Node& node, Layout layout = Layout::compact);
std::string to_json(const Picture& picture, Layout layout = Layout::compact);

// What `show PATH` prints: the value of an expression (docs/expressions.md), usually a path: `/containers/web/state`,
// `containers["web"].state`. An empty path is the whole Picture. Errc::not_found names what is there instead.
Result<std::string> show(const Picture& picture, std::string_view path);

}  // namespace cutaway::scene
