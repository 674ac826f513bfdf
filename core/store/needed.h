// SPDX-License-Identifier: Apache-2.0
// What of the store is needed: by which removal and fsck decide. Ask while holding the store's lock.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/store/container_record.h"
#include "core/store/images.h"

namespace cutaway::store {

// All digests that these images and containers need: of blobs and chain ids in one set.
std::set<std::string> needed_digests(const std::vector<Image>& images, const std::vector<ContainerRecord>& containers);

}  // namespace cutaway::store
