// SPDX-License-Identifier: Apache-2.0
// Seal: an HMAC-SHA256 over a text, keyed with the class's word. Cutaway puts one on what it keeps of a learner, so that a
// file that somebody changed in an editor shows it. Whoever knows the word, or makes Cutaway say something else, can make
// a good one: a seal proves no learner. Pure.
#pragma once

#include <string>
#include <string_view>

#include "core/lesson/progress.h"

namespace cutaway::lesson {

std::string hmac_sha256(std::string_view key, std::string_view text);  // in hexadecimal

std::string seal_of(const Progress& progress, std::string_view key);  // whatever seal it has
Progress sealed(Progress progress, std::string_view key);

// As it was kept, with what its seal says written into `trust`: without one it is unsealed, with a wrong one edited.
Progress examined(Progress progress, std::string_view key);

}  // namespace cutaway::lesson
