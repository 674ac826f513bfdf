// SPDX-License-Identifier: Apache-2.0
#include "core/layer/pack.h"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "core/layer/layer_tree.h"

namespace cutaway::layer {

namespace {

using world::FileType;

struct Spot {
    std::string path;
    std::string name;
};

std::string below(const std::string& parent, const std::string& name) {
    return parent.empty() ? name : parent + "/" + name;
}

bool hides(const world::FileInfo& info) {
    return info.type == FileType::character && info.major == 0 && info.minor == 0;
}

bool is_opaque(const world::FileInfo& info) {
    return std::any_of(info.xattrs.begin(), info.xattrs.end(), [](const world::Pair& pair) {
        return pair.name.ends_with("overlay.opaque") && pair.value == "y";
    });
}

// overlayfs's own notes say nothing to anybody else.
void drop_overlays_own(world::FileInfo& info) {
    std::erase_if(info.xattrs, [](const world::Pair& pair) {
        return pair.name.starts_with("trusted.overlay.") || pair.name.starts_with("user.overlay.");
    });
}

class Walk {
public:
    explicit Walk(const Packing& packing) : in_(packing) {}

    Status run(const std::string& path, const std::string& name) {
        if (name.empty()) {
            TRY(push_children(path, name));
        } else {
            open_.push_back({path, name});
        }
        while (!open_.empty()) {
            if (in_.cancel.requested()) {
                return fail(Errc::cancelled, "cancelled");
            }
            const Spot spot = std::move(open_.back());
            open_.pop_back();
            TRY(visit(spot));
        }
        return {};
    }

private:
    Status push_children(const std::string& path, const std::string& name) {
        const std::vector<world::DirEntry> entries = TRY(in_.from.list(path));
        for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
            open_.push_back({below(path, entry->name), below(name, entry->name)});
        }
        return {};
    }

    Status visit(const Spot& spot) {
        Result<world::FileInfo> info = in_.from.stat(spot.path);
        if (!info && info.error().code == Errc::not_found) {
            return {};  // gone since its folder was listed
        }
        world::TreeEntry entry{spot.name, TRY(std::move(info)), ""};
        if (entry.info.type == FileType::socket) {
            return {};
        }
        const bool hidden = in_.form == TreeForm::upper && hides(entry.info);
        const bool opaque = in_.form == TreeForm::upper && is_opaque(entry.info);
        drop_overlays_own(entry.info);
        if (in_.dress && !TRY(in_.dress(entry))) {
            return {};
        }
        if (hidden) {
            return in_.to.whiteout(entry.path);
        }
        return put(spot, entry, opaque);
    }

    Status put(const Spot& spot, world::TreeEntry& entry, bool opaque) {
        if (entry.info.type == FileType::regular) {
            const std::string file = TRY(in_.from.other_names(spot.path));
            const auto known = file.empty() ? names_.end() : names_.find(file);
            if (known != names_.end()) {
                entry.hardlink = known->second;
                return in_.to.add(entry);
            }
            if (!file.empty()) {
                names_[file] = entry.path;
            }
            return copy(spot, entry);
        }
        TRY(in_.to.add(entry));
        if (opaque) {
            TRY(in_.to.opaque(entry.path));
        }
        return entry.info.type == FileType::directory ? push_children(spot.path, entry.path) : Status();
    }

    Status copy(const Spot& spot, const world::TreeEntry& entry) {
        const std::unique_ptr<world::Source> source = TRY(in_.from.open(spot.path));
        TRY(in_.to.add(entry));
        std::array<char, 65536> buffer{};
        std::uint64_t left = entry.info.size;
        while (left > 0) {
            const std::size_t most = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size()));
            const std::size_t got = TRY(source->read(std::span<char>(buffer.data(), most)));
            if (got == 0) {
                return fail(Errc::io, "/" + spot.path + " became shorter while it was read");
            }
            TRY(in_.to.write(std::string_view(buffer.data(), got)));
            left -= got;
        }
        return {};
    }

    const Packing& in_;
    std::vector<Spot> open_;
    std::map<std::string, std::string> names_;  // of files with several names: under which the first was written
};

}  // namespace

Status TarTree::add(const world::TreeEntry& entry) {
    TRY(close());
    const bool bytes = entry.info.type == FileType::regular && entry.hardlink.empty();
    TRY(tar_.begin(entry));
    size_ = left_ = bytes ? entry.info.size : 0;
    return flush();
}

Status TarTree::write(std::string_view bytes) {
    if (bytes.size() > left_) {
        return fail(Errc::internal, "a file of the archive has more bytes than its header says");
    }
    left_ -= bytes.size();
    return out_(bytes);
}

Status TarTree::whiteout(std::string_view path) {
    const std::size_t slash = path.rfind('/') + 1;  // npos + 1 is 0
    world::TreeEntry entry;
    entry.path = std::string(path.substr(0, slash)) + ".wh." + std::string(path.substr(slash));
    return add(entry);
}

Status TarTree::opaque(std::string_view directory) {
    world::TreeEntry entry;
    entry.path = below(std::string(directory), ".wh..wh..opq");
    return add(entry);
}

Status TarTree::finish() {
    TRY(close());
    tar_.finish();
    return flush();
}

Status TarTree::close() {
    if (left_ > 0) {
        return fail(Errc::internal, "a file of the archive has fewer bytes than its header says");
    }
    tar_.pad(size_);
    size_ = 0;
    return {};
}

Status TarTree::flush() {
    TRY(out_(buffer_));
    buffer_.clear();
    return {};
}

namespace {

Status copy_entry(TarReader& tar, world::TreeWriter& to, std::uint64_t size) {
    static constexpr std::array<char, 4096> none{};
    std::uint64_t at = 0;
    const auto fill_to = [&](std::uint64_t end) -> Status {  // a sparse file's hole
        for (; at < end; at += std::min<std::uint64_t>(end - at, none.size())) {
            TRY(to.write(std::string_view(none.data(), std::min<std::uint64_t>(end - at, none.size()))));
        }
        return {};
    };
    while (std::optional<TarPiece> piece = TRY(tar.read())) {
        if (piece->offset < at || piece->offset > size || piece->bytes.size() > size - piece->offset) {
            return fail(Errc::invalid, "a file of the archive has bytes beyond its size");
        }
        TRY(fill_to(piece->offset));
        TRY(to.write(piece->bytes));
        at += piece->bytes.size();
    }
    return fill_to(size);
}

}  // namespace

Status unpack_plain(TarReader& tar, world::TreeWriter& to, const world::Cancel& cancel) {
    while (std::optional<world::TreeEntry> entry = TRY(tar.next())) {
        if (cancel.requested()) {
            return fail(Errc::cancelled, "cancelled");
        }
        entry->path = TRY(clean_name(entry->path));
        if (!entry->hardlink.empty()) {
            entry->hardlink = TRY(clean_name(entry->hardlink));
        }
        const bool bytes = entry->info.type == FileType::regular && entry->hardlink.empty();
        TRY(to.add(*entry));
        TRY(bytes ? copy_entry(tar, to, entry->info.size) : Status());
    }
    return {};
}

Status pack(const Packing& packing, const std::string& path, const std::string& name) {
    return Walk(packing).run(path, name);
}

}  // namespace cutaway::layer
