// SPDX-License-Identifier: Apache-2.0
#include "core/store/blobs.h"

#include "core/store/ids.h"
#include "core/store/paths.h"

namespace cutaway::store {

namespace {

constexpr std::string_view layout_text = "{\"imageLayoutVersion\":\"1.0.0\"}";

std::string what_or_blob(const std::string& what) { return what.empty() ? "blob" : what; }

Error mismatch(const std::string& what, const oci::Digest& expected, const oci::Digest& computed) {
    return fail(Errc::invalid, what_or_blob(what) + " does not match its digest: expected " + oci::to_text(expected) +
                                   ", computed " + oci::to_text(computed));
}

}  // namespace

Status prepare(world::World& world) {
    const std::string marker = world.machine.data_root + "/oci-layout";
    const Result<world::FileInfo> there = world.disk.stat(marker);
    if (there) {
        return {};
    }
    if (there.error().code != Errc::not_found) {
        return there.error();
    }
    TRY_IN("make the store", world.disk.make_dir(world.machine.data_root, 0710));
    for (const char* name : {"blobs", "images", "layers", "containers", "volumes", "networks"}) {
        TRY_IN("make the store", world.disk.make_dir(world.machine.data_root + "/" + name, 0710));
    }
    return world.disk.save(marker, layout_text, world::Durability::durable);
}

Result<bool> has_blob(world::World& world, const oci::Digest& digest) {
    const Result<world::FileInfo> there = world.disk.stat(blob_path(world, digest));
    if (!there && there.error().code != Errc::not_found) {
        return there.error();
    }
    return there.has_value();
}

Result<std::uint64_t> blob_size(world::World& world, const oci::Digest& digest) {
    return TRY(world.disk.stat(blob_path(world, digest))).size;
}

Result<std::unique_ptr<world::Source>> open_blob(world::World& world, const oci::Digest& digest) {
    return TRY_IN("open blob " + oci::to_text(digest), world.disk.open(blob_path(world, digest)));
}

Result<std::string> read_blob(world::World& world, const oci::Digest& digest) {
    std::string bytes = TRY_IN("read blob " + oci::to_text(digest), world.disk.read(blob_path(world, digest)));
    const oci::Digest computed = oci::digest_of(bytes);
    if (digest.algorithm == "sha256" && computed != digest) {
        return mismatch("stored blob", digest, computed);
    }
    return bytes;
}

BlobWriter::BlobWriter(world::World& world, oci::Descriptor expected, std::string what,
                       std::unique_ptr<world::Sink> sink)
    : world_(world), expected_(std::move(expected)), what_(std::move(what)), sink_(std::move(sink)) {}

Result<std::unique_ptr<BlobWriter>> BlobWriter::begin(world::World& world, const oci::Descriptor& expected,
                                                      std::string what) {
    if (expected.digest.algorithm != "sha256") {
        return fail(Errc::unsupported, "only sha256 digests can be verified here, not " + expected.digest.algorithm);
    }
    std::unique_ptr<world::Sink> sink =
        TRY_IN("begin blob " + oci::to_text(expected.digest), world.disk.create(blob_path(world, expected.digest)));
    return std::unique_ptr<BlobWriter>(new BlobWriter(world, expected, std::move(what), std::move(sink)));
}

Status BlobWriter::write(std::string_view bytes) {
    if (sink_ == nullptr) {
        return fail(Errc::internal, "a blob that was refused or committed takes no more bytes");
    }
    written_ += bytes.size();
    if (expected_.size > 0 && written_ > static_cast<std::uint64_t>(expected_.size)) {
        sink_.reset();
        return fail(Errc::invalid, what_or_blob(what_) + " is longer than the " + std::to_string(expected_.size) +
                                       " bytes its descriptor promises");
    }
    sum_.add(bytes);
    return sink_->write(bytes);
}

Status BlobWriter::commit() {
    if (sink_ == nullptr) {
        return fail(Errc::internal, "a blob that was refused or committed cannot be committed");
    }
    const std::unique_ptr<world::Sink> sink = std::move(sink_);
    if (expected_.size > 0 && written_ != static_cast<std::uint64_t>(expected_.size)) {
        return fail(Errc::invalid, what_or_blob(what_) + " ended after " + std::to_string(written_) + " of " +
                                       std::to_string(expected_.size) + " bytes");
    }
    oci::Digest computed;
    computed.algorithm = "sha256";
    computed.hex = sum_.finish_hex();
    const bool match = computed == expected_.digest;
    if (!what_.empty()) {
        world_.narrator.note(
            world::DigestChecked{what_, oci::to_text(expected_.digest), oci::to_text(computed), match});
    }
    if (!match) {
        return mismatch(what_, expected_.digest, computed);
    }
    return sink->commit();
}

Status put_blob(world::World& world, const oci::Descriptor& expected, std::string_view bytes, std::string what) {
    const std::unique_ptr<BlobWriter> writer = TRY(BlobWriter::begin(world, expected, std::move(what)));
    TRY(writer->write(bytes));
    return writer->commit();
}

FreshBlob::FreshBlob(world::World& world, std::string path, std::unique_ptr<world::Sink> sink)
    : world_(world), path_(std::move(path)), sink_(std::move(sink)) {}

Result<std::unique_ptr<FreshBlob>> FreshBlob::begin(world::World& world) {
    std::string path =
        world.machine.data_root + "/blobs/sha256/" + std::string(unfinished) + random_id(world.entropy).substr(0, 16);
    std::unique_ptr<world::Sink> sink = TRY_IN("begin a blob", world.disk.create(path));
    return std::unique_ptr<FreshBlob>(new FreshBlob(world, std::move(path), std::move(sink)));
}

Status FreshBlob::write(std::string_view bytes) {
    written_ += static_cast<std::int64_t>(bytes.size());
    sum_.add(bytes);
    return sink_->write(bytes);
}

Result<oci::Descriptor> FreshBlob::commit() {
    oci::Descriptor made;
    made.digest.algorithm = "sha256";
    made.digest.hex = sum_.finish_hex();
    made.size = written_;
    if (TRY(has_blob(world_, made.digest))) {
        sink_.reset();
        return made;
    }
    TRY(sink_->commit());
    TRY(world_.disk.rename(path_, blob_path(world_, made.digest)));
    return made;
}

Result<std::vector<std::string>> remove_unfinished(world::World& world) {
    constexpr std::int64_t day_ns = 86'400'000'000'000;
    std::vector<std::string> removed;
    for (const std::string& folder : {world.machine.data_root + "/blobs/sha256", layers_dir(world)}) {
        const Result<std::vector<world::DirEntry>> found = world.disk.list(folder);
        if (!found && found.error().code != Errc::not_found) {
            return found.error();
        }
        for (const world::DirEntry& entry : found ? *found : std::vector<world::DirEntry>{}) {
            const std::string path = folder + "/" + entry.name;
            const Result<world::FileInfo> info = entry.name.starts_with(unfinished)
                                                     ? world.disk.stat(path)
                                                     : Result<world::FileInfo>(fail(Errc::not_found, path));
            if (info && info->mtime_ns < world.clock.wall_ns() - day_ns) {
                TRY(world.disk.remove(path));
                removed.push_back(path);
            }
        }
    }
    return removed;
}

}  // namespace cutaway::store
