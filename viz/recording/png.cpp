// SPDX-License-Identifier: Apache-2.0
#include "viz/recording/png.h"

#include <stb_image_write.h>

namespace cutaway::recording {

Status write_png(const std::string& path, const shell::Pixels& pixels) {
    const int row = pixels.width * 3;
    if (stbi_write_png(path.c_str(), pixels.width, pixels.height, 3, pixels.rgb.data(), row) == 0) {
        return fail(Errc::io, "write the picture " + path + ": is its folder there, and may you write in it?");
    }
    return {};
}

}  // namespace cutaway::recording
