// SPDX-License-Identifier: Apache-2.0
#include "core/layer/unpack.h"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "core/layer/apply.h"
#include "core/layer/decompress.h"
#include "core/layer/tar_reader.h"

namespace cutaway::layer {

namespace {

constexpr std::uint64_t progress_step = std::uint64_t{1} << 20U;

// Stands between the blob and the inflater: gives up when asked to, tells how far it is.
class WatchedSource : public world::Source {
public:
    WatchedSource(world::World& world, const UnpackJob& job, world::Source& inner)
        : world_(world), job_(job), inner_(inner) {}

    Result<std::size_t> read(std::span<char> into) override {
        if (world_.cancel.requested()) {
            return fail(Errc::cancelled, "cancelled");
        }
        const std::size_t got = TRY(inner_.read(into));
        done_ += got;
        if (done_ / progress_step != told_ / progress_step) {
            tell("unpacking");
        }
        return got;
    }
    void tell(const char* state) {
        told_ = done_;
        world_.narrator.note(world::LayerProgress{oci::to_text(job_.digest), state, done_, std::max(job_.size, done_)});
    }

private:
    world::World& world_;
    const UnpackJob& job_;
    world::Source& inner_;
    std::uint64_t done_ = 0;
    std::uint64_t told_ = 0;
};

// Ends a decompression bomb: no more than the limit comes out.
class BoundedSource : public world::Source {
public:
    BoundedSource(world::Source& inner, std::uint64_t most) : inner_(inner), most_(most) {}
    Result<std::size_t> read(std::span<char> into) override {
        const std::size_t got = TRY(inner_.read(into));
        done_ += got;
        if (done_ > most_) {
            return fail(Errc::invalid, "the layer unpacks to more than " + std::to_string(most_) + " bytes");
        }
        return got;
    }

private:
    world::Source& inner_;
    std::uint64_t most_;
    std::uint64_t done_ = 0;
};

Status drain(world::Source& source) {  // what stands behind the tar's end belongs to its digest
    std::array<char, 16U * 1024U> rest{};
    while (TRY(source.read(rest)) > 0) {
    }
    return {};
}

Status compare(world::World& world, const char* what, const oci::Digest& expected, const oci::Digest& computed) {
    if (expected.empty()) {
        return {};
    }
    const bool match = expected == computed;
    world.narrator.note(world::DigestChecked{what, oci::to_text(expected), oci::to_text(computed), match});
    if (match) {
        return {};
    }
    return fail(Errc::invalid, std::string(what) + " does not match: expected " + oci::to_text(expected) +
                                   ", computed " + oci::to_text(computed));
}

Result<Unpacked> unpack(world::World& world, const UnpackJob& job, world::Source& blob, const Beside& beside) {
    WatchedSource watched(world, job, blob);
    watched.tell("unpacking");
    SummingSource compressed(watched);
    const std::unique_ptr<world::Source> inside = TRY(decompressed(compressed));
    BoundedSource bounded(*inside, job.limits.bytes);
    SummingSource tar(bounded);
    const std::unique_ptr<world::TreeWriter> tree = TRY(world.disk.tree(job.into));
    const std::unique_ptr<TarReader> reader = TRY(TarReader::open(tar));
    Applied applied = TRY(apply_tar(*reader, *tree, job.limits));
    TRY(drain(tar));
    TRY(drain(compressed));
    Unpacked result;
    result.digest = compressed.digest();
    result.diff_id = tar.digest();
    result.counts = applied.counts;
    result.counts.compressed = compressed.bytes();
    result.counts.tar = tar.bytes();
    TRY(compare(world, "layer", job.digest, result.digest));
    TRY(compare(world, "diff_id", job.diff_id, result.diff_id));
    result.index = applied.tree.to_index(oci::to_text(result.diff_id));
    if (beside) {
        TRY(beside(result));
    }
    TRY(tree->finish());
    watched.tell("complete");
    return result;
}

world::Reply to_reply(const UnpackCounts& counts) {
    world::Reply reply;
    reply.value = static_cast<std::int64_t>(counts.entries);
    reply.bytes = counts.compressed;
    visit_fields(&counts, [&](std::string_view name, auto member) {
        if (counts.*member != 0) {
            reply.details.push_back({std::string(name), std::to_string(counts.*member)});
        }
    });
    return reply;
}

}  // namespace

Result<Unpacked> unpack_layer(world::World& world, const UnpackJob& job, world::Source& blob, const Beside& beside) {
    const world::Remote who{world::Actor::daemon, world::Phase::layers, {}};
    TRY(world.narrator.before(who, world::UnpackLayer{oci::to_text(job.digest), oci::to_text(job.diff_id),
                                                      job.shown.empty() ? job.into : job.shown}));
    Result<Unpacked> result = unpack(world, job, blob, beside);
    if (result) {
        world.narrator.after(to_reply(result->counts));
        return result;
    }
    const Error error = in_context("unpack layer " + oci::short_text(job.digest), std::move(result).error());
    world.narrator.after(error);
    static_cast<void>(world.disk.remove(job.into).has_value());  // the first error is the one to tell
    return error;
}

}  // namespace cutaway::layer
