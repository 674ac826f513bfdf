// SPDX-License-Identifier: Apache-2.0
// A lesson's texts as HTML. Everything that a lesson's author wrote is escaped; the only marks that become elements are
// paragraphs, lists, fenced lines, **strong** and `code`. Links and pictures are never made. Pure, total.
#pragma once

#include <string>
#include <string_view>

namespace cutaway::lesson {

// For the inside of elements and of quoted attributes. Control characters, which HTML cannot hold, become U+FFFD.
std::string html_escaped(std::string_view text);

// One line of text: **strong**, `code`; {{ expression }} becomes a place to write in.
std::string html_line(std::string_view text);

// Paragraphs, lists and fenced lines.
std::string html_of(std::string_view markdown);

}  // namespace cutaway::lesson
