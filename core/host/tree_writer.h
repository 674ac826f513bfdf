// SPDX-License-Identifier: Apache-2.0
// A layer's tree, entry by entry, from names that an archive chose: walked component by component beneath the root
// with O_NOFOLLOW, so that no link of the archive leads anywhere (CVE-2025-47290, CVE-2021-32760). An entry over an
// existing one replaces it; only directories merge. Metadata goes in the one order that keeps it: owner, xattrs
// (chown clears security.capability), mode (chown clears setuid), times; directory times last of all.
#pragma once

#include <memory>
#include <string>

#include "core/world/disk.h"

namespace cutaway::host {

// `root` is made if absent.
Result<std::unique_ptr<world::TreeWriter>> make_tree_writer(const std::string& root);

}  // namespace cutaway::host
