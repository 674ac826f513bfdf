// SPDX-License-Identifier: Apache-2.0
// The lab images (lab/hello, lab/tools, lab/web and their like), packed as core/layer/image_maker.h says and embedded in
// the program, so that the real world works without a registry. Bytes that nobody reads are never loaded.
#pragma once

#include <string_view>

namespace cutaway::host {

std::string_view lab_image_pack();
std::string_view lab_image_platform();  // "amd64": for which machine they are, which is this one

}  // namespace cutaway::host
