// SPDX-License-Identifier: Apache-2.0
// One blob as a stream that cannot lie: exactly the size its descriptor says, and the digest before the end is told.
// A connection lost on the way is taken up again by Range (RFC 9110 section 14); a server that cannot do that sends
// all of it anew and the known part is skipped. How often is bounded, and progress refills the bound.
#pragma once

#include <memory>
#include <string>

#include "core/registry/client.h"

namespace cutaway::registry {

struct BlobWanted {
    oci::Reference reference;
    oci::Descriptor descriptor;
    BlobCheck check = BlobCheck::digest;
    std::string what;  // "config" or "layer", for notes and errors
};

Result<std::unique_ptr<world::Source>> open_blob(const Client& client, BlobWanted wanted);

// The rest of a source of `size` bytes.
Result<std::string> read_to_end(world::Source& source, std::size_t size);

// "bytes 5-9/10" of a 206: whether it is the answer to "bytes=<start>-" for a blob of `size` bytes.
bool continues_at(std::string_view content_range, std::uint64_t start, std::uint64_t size);

}  // namespace cutaway::registry
