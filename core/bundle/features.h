// SPDX-License-Identifier: Apache-2.0
// What `cutaway oci features` says: the parts of the runtime-spec that are honoured, in the specification's own form.
#pragma once

#include <string>
#include <vector>

namespace cutaway::bundle {

std::string features_json(const std::vector<std::string>& capabilities);

}  // namespace cutaway::bundle
