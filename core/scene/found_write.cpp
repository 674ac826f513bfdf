// SPDX-License-Identifier: Apache-2.0
#include "core/base/json_codec.h"
#include "core/scene/found_text.h"

namespace cutaway::scene {

void write_picture(std::string& out, const Picture& picture) { json::write(out, picture); }

}  // namespace cutaway::scene
