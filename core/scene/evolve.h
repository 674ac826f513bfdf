// SPDX-License-Identifier: Apache-2.0
// evolve: the Picture after one more event. Total and bounded: no event, however odd or hostile, crashes it, loops, or
// makes it allocate more than a fixed multiple of the event's own size. Same events, same Picture, byte for byte.
#pragma once

#include "core/scene/picture.h"

namespace cutaway::scene {

Picture first_picture(const trace::Header& header);
void evolve(Picture& picture, const trace::Event& event);

// The container with this full id, id prefix (if it is the only one) or name; null if there is none.
const Container* find_container(const Table<std::string, Cow<Container>>& containers, std::string_view name);
const Container* find_container(const Picture& picture, std::string_view name);

}  // namespace cutaway::scene
