// SPDX-License-Identifier: Apache-2.0
// One fenced block as the value that it stands for. A step's own block is the loader's.
#pragma once

#include <vector>

#include "core/lesson/document.h"
#include "core/lesson/lesson.h"

namespace cutaway::lesson {

Block read_block(const Piece& piece, std::vector<Mistake>& mistakes);

}  // namespace cutaway::lesson
