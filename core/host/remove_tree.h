// SPDX-License-Identifier: Apache-2.0
// A whole tree goes, walked by descriptors: no link is followed and no mount is entered, so that a container's root
// that is still mounted loses nothing.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.h"

namespace cutaway::host {

Status remove_tree(const std::string& path, std::uint64_t& removed);                 // absent is fine
Status remove_tree_at(int parent, const std::string& name, std::uint64_t& removed);  // a directory

}  // namespace cutaway::host
