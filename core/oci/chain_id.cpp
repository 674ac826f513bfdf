// SPDX-License-Identifier: Apache-2.0
#include "core/oci/chain_id.h"

namespace cutaway::oci {

std::vector<Digest> chain_ids(const std::vector<Digest>& diff_ids) {
    std::vector<Digest> chain;
    chain.reserve(diff_ids.size());
    for (const Digest& diff_id : diff_ids) {
        chain.push_back(chain.empty() ? diff_id : digest_of(to_text(chain.back()) + " " + to_text(diff_id)));
    }
    return chain;
}

Digest chain_id(const std::vector<Digest>& diff_ids) {
    const std::vector<Digest> chain = chain_ids(diff_ids);
    return chain.empty() ? Digest{} : chain.back();
}

}  // namespace cutaway::oci
