// SPDX-License-Identifier: Apache-2.0
// The pushing side of the distribution protocol ("Push" in its specification): blobs first, the manifest that names
// them last, so that a registry never holds a name without its bytes. What the registry has is not sent again, what it
// has under another name is mounted. Nothing is packed or changed here: what was read is what is sent, byte for byte,
// and a registry that says it keeps something else is not believed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/oci/descriptor.h"
#include "core/registry/client.h"

namespace cutaway::registry {

struct BlobToPush {
    oci::Descriptor descriptor;
    std::string what;                     // "layer" or "config", for steps and errors
    std::vector<std::string> mount_from;  // paths at the same registry that may have it, "library/nginx"
    OpenBody open;                        // its bytes from the beginning, as often as asked
};

enum class HowPushed { present, mounted, uploaded };

struct BlobPushed {
    HowPushed how = HowPushed::present;
    std::string from;  // of mounted
};

// `told` hears how many bytes the registry has been sent; it may be empty.
Result<BlobPushed> push_blob(const Client& client, const oci::Reference& target, const BlobToPush& blob,
                             const std::function<void(std::uint64_t)>& told);

// Under the reference's tag; without one, by its digest alone, for an index to name. Errors are the registry's own words, as docker repeats them.
Status push_manifest(const Client& client, const oci::Reference& target, const oci::Descriptor& descriptor,
                     const std::string& bytes);

Error push_refused(Answer& answer);

}  // namespace cutaway::registry
