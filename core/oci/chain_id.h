// SPDX-License-Identifier: Apache-2.0
// A ChainID names a layer together with everything below it (image spec, config.md, "Layer ChainID"):
// the lowest layer's is its DiffID, each next one is sha256(chain below + " " + DiffID).
#pragma once

#include <vector>

#include "core/oci/digest.h"

namespace cutaway::oci {

std::vector<Digest> chain_ids(const std::vector<Digest>& diff_ids);  // one for each layer, lowest first
Digest chain_id(const std::vector<Digest>& diff_ids);                // of the whole stack; empty for no layers

}  // namespace cutaway::oci
