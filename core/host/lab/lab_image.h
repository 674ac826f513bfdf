// SPDX-License-Identifier: Apache-2.0
// The image lab/hello, of one program that says hello and reports what it sees: packed as core/layer/image_maker.h says
// and embedded. Bytes that nobody reads are never loaded.
#pragma once

#include <string_view>

namespace cutaway::host {

std::string_view lab_image_pack();
std::string_view lab_image_platform();  // "amd64": for which machine they are, which is this one

}  // namespace cutaway::host
