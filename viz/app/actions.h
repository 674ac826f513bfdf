// SPDX-License-Identifier: Apache-2.0
// Actions: everything that the window does, by name, with its key: the one table that the palette and the sheet of keys
// are made of. A name says what it does, in the words of docs/window.md.
#pragma once

#include <span>
#include <string_view>

#include "viz/app/intent.h"

namespace cutaway::app {

enum class Where { anywhere, free, lesson };

struct Action {
    std::string_view name;
    std::string_view keys;  // empty: it has none
    Act act = Act::next;
    Where where = Where::anywhere;
    std::optional<trace::StepMode> mode = {};
    std::string_view text = {};  // of the intent
};

std::span<const Action> actions();
Intent intent_of(const Action& action);

}  // namespace cutaway::app
