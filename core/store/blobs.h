// SPDX-License-Identifier: Apache-2.0
// Bytes by their digest, in the OCI image layout. A blob is there whole and verified or not at all; what does not
// match is refused with both digests in the text and leaves nothing behind.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/sha256.h"
#include "core/oci/descriptor.h"
#include "core/world/world.h"

namespace cutaway::store {

// The data root's directories and the file that makes it an OCI image layout. Cheap when they are there.
Status prepare(world::World& world);

Result<bool> has_blob(world::World& world, const oci::Digest& digest);
Result<std::uint64_t> blob_size(world::World& world, const oci::Digest& digest);  // Errc::not_found
Result<std::unique_ptr<world::Source>> open_blob(world::World& world, const oci::Digest& digest);
Result<std::string> read_blob(world::World& world, const oci::Digest& digest);  // a document: verified once more

// A blob on its way in. Dropped without commit, nothing is left.
class BlobWriter {
public:
    // `what` names it in the note of the comparison: "layer", "config", "manifest"; "": no note. A size of 0 or less
    // in the descriptor means that it is not known.
    static Result<std::unique_ptr<BlobWriter>> begin(world::World& world, const oci::Descriptor& expected,
                                                     std::string what);
    Status write(std::string_view bytes);  // refuses what goes beyond the expected size
    Status commit();
    [[nodiscard]] std::uint64_t written() const { return written_; }

private:
    BlobWriter(world::World& world, oci::Descriptor expected, std::string what, std::unique_ptr<world::Sink> sink);

    world::World& world_;
    oci::Descriptor expected_;
    std::string what_;
    std::unique_ptr<world::Sink> sink_;
    Sha256 sum_;
    std::uint64_t written_ = 0;
};

// A blob that is made here, so that its digest is known only once it is whole. Dropped without commit, nothing is left.
class FreshBlob {
public:
    static Result<std::unique_ptr<FreshBlob>> begin(world::World& world);
    Status write(std::string_view bytes);
    Result<oci::Descriptor> commit();  // digest and size

private:
    FreshBlob(world::World& world, std::string path, std::unique_ptr<world::Sink> sink);

    world::World& world_;
    std::string path_;
    std::unique_ptr<world::Sink> sink_;
    Sha256 sum_;
    std::int64_t written_ = 0;
};

// A whole one at once; present is fine.
Status put_blob(world::World& world, const oci::Descriptor& expected, std::string_view bytes, std::string what);

// Work that nobody finished, for it was killed: files and folders of blobs and layers under a name of passage that are
// older than a day, since a younger one may still be somebody's. Answers what went.
Result<std::vector<std::string>> remove_unfinished(world::World& world);

}  // namespace cutaway::store
