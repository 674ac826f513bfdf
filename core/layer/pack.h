// SPDX-License-Identifier: Apache-2.0
// The way back from a tree to an archive: a TreeReader walked name by name into a TreeWriter, and a TreeWriter that is a
// tar. What is read may change meanwhile: each file gives as many bytes as it had when it was met, or the walk fails.
// Sockets are left out, as docker leaves them out: no tar can hold one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/layer/tar_reader.h"
#include "core/layer/tar_writer.h"
#include "core/world/cancel.h"
#include "core/world/disk.h"

namespace cutaway::layer {

using Bytes = std::function<Status(std::string_view)>;

// Whiteouts and opaque directories become the names that the image spec gives them (layer.md, "Whiteouts").
class TarTree final : public world::TreeWriter {
public:
    explicit TarTree(Bytes out) : out_(std::move(out)), tar_(buffer_) {}
    Status add(const world::TreeEntry& entry) override;
    Status write(std::string_view bytes) override;
    Status whiteout(std::string_view path) override;
    Status opaque(std::string_view directory) override;
    Status finish() override;

private:
    Status flush();
    Status close();

    Bytes out_;
    std::string buffer_;
    TarWriter tar_;
    std::uint64_t size_ = 0;  // of the open file
    std::uint64_t left_ = 0;
};

enum class TreeForm { plain, upper };  // upper: an overlay's, whose 0:0 devices and attributes hide what lies below

struct Packing {
    world::TreeReader& from;
    world::TreeWriter& to;
    const world::Cancel& cancel;
    TreeForm form = TreeForm::plain;
    // What becomes of an entry: changed, or left out with all below it (false). Its path is the name it will have.
    std::function<Result<bool>(world::TreeEntry& entry)> dress;
};

// The other way: a tar as it is, whiteouts' names included, each name cleaned; what climbs is refused. Bounded by nobody.
Status unpack_plain(TarReader& tar, world::TreeWriter& to, const world::Cancel& cancel);

// `path` beneath the reader's root, and all below it, under `name`; "": what is below it only. finish() is the caller's.
Status pack(const Packing& packing, const std::string& path, const std::string& name);

}  // namespace cutaway::layer
