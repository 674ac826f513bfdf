// SPDX-License-Identifier: Apache-2.0
#include "core/base/json_codec.h"
#include "core/scene/found_text.h"

namespace cutaway::scene {

bool read_picture(std::string_view text, Picture& picture) {
    json::Reader reader(text);
    return json::read(reader, picture) && reader.at_end();
}

}  // namespace cutaway::scene
