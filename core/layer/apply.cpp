// SPDX-License-Identifier: Apache-2.0
#include "core/layer/apply.h"

#include <algorithm>
#include <array>

namespace cutaway::layer {

namespace {

class Applying {
public:
    Applying(TarReader& tar, world::TreeWriter& writer, const UnpackLimits& limits)
        : tar_(tar), writer_(writer), limits_(limits) {}

    Status take(const world::TreeEntry& entry);
    Applied done() { return std::move(applied_); }

private:
    Status check(const world::TreeEntry& entry) const;
    Status whiteout(const std::string& path);
    Status opaque(const std::string& path);
    Status add(world::TreeEntry entry);
    Status add_parents(const std::string& path);
    Status put(const world::TreeEntry& entry);
    Status resolve_hardlink(world::TreeEntry& entry) const;
    Status copy(const world::TreeEntry& entry);
    Status zeros(std::uint64_t count);
    void count(const world::TreeEntry& entry);

    TarReader& tar_;
    world::TreeWriter& writer_;
    const UnpackLimits& limits_;
    Applied applied_;
};

std::string writable(const std::string& path) { return path.empty() ? "." : path; }

bool is_overlays_own(const world::Pair& xattr) {
    return xattr.name.rfind("trusted.overlay.", 0) == 0 || xattr.name.rfind("user.overlay.", 0) == 0;
}

IndexEntry to_index_entry(const world::TreeEntry& entry) {
    IndexEntry known;
    known.path = entry.path;
    known.type = entry.info.type;
    known.mode = entry.info.mode;
    known.uid = entry.info.uid;
    known.gid = entry.info.gid;
    known.size = entry.info.size;
    known.hardlink = !entry.hardlink.empty();
    known.link = known.hardlink ? entry.hardlink : entry.info.link;
    return known;
}

Status Applying::check(const world::TreeEntry& entry) const {
    if (applied_.counts.entries > limits_.entries || applied_.tree.size() > limits_.entries) {
        return fail(Errc::invalid, "the layer has more than " + std::to_string(limits_.entries) + " entries");
    }
    for (const std::string* name : {&entry.path, &entry.hardlink, &entry.info.link}) {
        if (name->size() > limits_.name_bytes) {
            return fail(Errc::invalid, "a name of " + std::to_string(name->size()) + " bytes is too long");
        }
    }
    std::string_view rest = entry.path;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('/'), rest.size());
        if (end > limits_.part_bytes) {
            return fail(Errc::invalid, "a part of " + std::to_string(end) + " bytes in a name is too long");
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    std::uint64_t bytes = 0;
    for (const world::Pair& xattr : entry.info.xattrs) {
        bytes += xattr.name.size() + xattr.value.size();
    }
    if (bytes > limits_.xattr_bytes) {
        return fail(Errc::invalid,
                    "\"" + entry.path + "\" has extended attributes of " + std::to_string(bytes) + " bytes");
    }
    const bool character = entry.info.type == world::FileType::character;
    if (character && entry.info.major == 0 && entry.info.minor == 0) {
        return fail(Errc::invalid, "\"" + entry.path + "\" is device 0:0, which overlayfs takes for a whiteout");
    }
    return {};
}

Status Applying::take(const world::TreeEntry& entry) {
    ++applied_.counts.entries;
    TRY(check(entry));
    LayerName name = TRY(read_name(entry.path));
    switch (name.kind) {
        case NameKind::ignored: return {};
        case NameKind::whiteout: return whiteout(TRY(applied_.tree.resolve(name.path)));
        case NameKind::opaque: return opaque(TRY(applied_.tree.resolve(name.path)));
        case NameKind::entry: break;
    }
    world::TreeEntry clean = entry;
    clean.path = TRY(applied_.tree.resolve(name.path));
    return add(std::move(clean));
}

Status Applying::add_parents(const std::string& path) {
    for (const std::string& parent : TRY(applied_.tree.missing_parents(path))) {
        world::TreeEntry implied;
        implied.path = parent;
        implied.info.type = world::FileType::directory;
        implied.info.mode = 0755;
        TRY(put(implied));
    }
    return {};
}

Status Applying::put(const world::TreeEntry& entry) {
    world::TreeEntry written = entry;
    written.path = writable(entry.path);
    TRY(writer_.add(written));
    if (applied_.tree.put(to_index_entry(entry))) {
        TRY(writer_.opaque(written.path));
    }
    return {};
}

Status Applying::whiteout(const std::string& path) {
    TRY(add_parents(path));
    ++applied_.counts.whiteouts;
    switch (applied_.tree.hide(path)) {
        case LayerTree::Hide::whiteout: return writer_.whiteout(path);
        case LayerTree::Hide::opaque: return writer_.opaque(path);
        case LayerTree::Hide::nothing: break;
    }
    return {};
}

Status Applying::opaque(const std::string& path) {
    const IndexEntry* here = applied_.tree.find(path);
    if (here == nullptr || here->whiteout) {
        world::TreeEntry implied;
        implied.path = path;
        implied.info.type = world::FileType::directory;
        implied.info.mode = 0755;
        TRY(add_parents(path));
        TRY(put(implied));
    } else if (here->type != world::FileType::directory) {
        return fail(Errc::invalid, "\"" + path + "\" is made opaque and is no directory");
    }
    ++applied_.counts.opaque;
    applied_.tree.make_opaque(path);
    return writer_.opaque(writable(path));
}

Status Applying::resolve_hardlink(world::TreeEntry& entry) const {
    const std::string clean = TRY(clean_name(entry.hardlink));  // an absolute target is one inside the layer
    const std::string target = TRY(applied_.tree.resolve(clean));
    const IndexEntry* there = applied_.tree.find(target);
    if (there == nullptr || there->whiteout || there->type == world::FileType::directory) {
        return fail(Errc::invalid, "\"" + entry.path + "\" is a hard link to \"" + entry.hardlink +
                                       "\", which is no file of this layer");
    }
    if (target == entry.path) {
        return fail(Errc::invalid, "\"" + entry.path + "\" is a hard link to itself");
    }
    entry.hardlink = target;
    entry.info.type = there->type;
    return {};
}

Status Applying::add(world::TreeEntry entry) {
    if (entry.path.empty() && entry.info.type != world::FileType::directory) {
        return fail(Errc::invalid, "the root of a layer can only be a directory");
    }
    TRY(add_parents(entry.path));
    if (!entry.hardlink.empty()) {
        TRY(resolve_hardlink(entry));
    }
    auto& xattrs = entry.info.xattrs;
    const auto kept = std::remove_if(xattrs.begin(), xattrs.end(), is_overlays_own);
    applied_.counts.dropped_xattrs += static_cast<std::uint64_t>(xattrs.end() - kept);
    xattrs.erase(kept, xattrs.end());
    TRY(put(entry));
    count(entry);
    if (entry.info.type == world::FileType::regular && entry.hardlink.empty()) {
        return copy(entry);
    }
    return {};
}

Status Applying::copy(const world::TreeEntry& entry) {
    std::uint64_t at = 0;
    while (std::optional<TarPiece> piece = TRY(tar_.read())) {
        if (piece->offset < at || piece->offset > entry.info.size ||
            piece->bytes.size() > entry.info.size - piece->offset) {
            return fail(Errc::invalid, "\"" + entry.path + "\" has bytes beyond its size");
        }
        TRY(zeros(piece->offset - at));
        TRY(writer_.write(piece->bytes));
        at = piece->offset + piece->bytes.size();
        applied_.counts.bytes += piece->bytes.size();
    }
    return zeros(entry.info.size - at);
}

// A hole of a sparse file. It counts as bytes: a bomb may consist of nothing else.
Status Applying::zeros(std::uint64_t count) {
    static constexpr std::array<char, 4096> none{};
    applied_.counts.bytes += count;
    if (applied_.counts.bytes > limits_.bytes) {
        return fail(Errc::invalid, "the layer's files are more than " + std::to_string(limits_.bytes) + " bytes");
    }
    for (; count > 0; count -= std::min<std::uint64_t>(count, none.size())) {
        TRY(writer_.write(std::string_view(none.data(), std::min<std::uint64_t>(count, none.size()))));
    }
    return {};
}

void Applying::count(const world::TreeEntry& entry) {
    UnpackCounts& counts = applied_.counts;
    if (!entry.hardlink.empty()) {
        ++counts.hardlinks;
        return;
    }
    switch (entry.info.type) {
        case world::FileType::regular: ++counts.files; return;
        case world::FileType::directory: ++counts.directories; return;
        case world::FileType::symlink: ++counts.symlinks; return;
        default: ++counts.devices;
    }
}

}  // namespace

Result<Applied> apply_tar(TarReader& tar, world::TreeWriter& tree, const UnpackLimits& limits) {
    Applying applying(tar, tree, limits);
    while (std::optional<world::TreeEntry> entry = TRY(tar.next())) {
        TRY(applying.take(*entry));
    }
    return applying.done();
}

}  // namespace cutaway::layer
