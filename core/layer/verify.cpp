// SPDX-License-Identifier: Apache-2.0
#include "core/layer/verify.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/base/sha256.h"
#include "core/layer/apply.h"
#include "core/layer/decompress.h"
#include "core/layer/tar_reader.h"

namespace cutaway::layer {

namespace {

using Sum = std::array<std::uint8_t, 32>;

struct Expected {
    world::FileInfo info;
    bool whiteout = false;
    Sum sum{};  // of a regular file's bytes
};

std::string place_of(const std::string& path) { return path == "." ? std::string() : path; }

// What a writer would leave behind, kept by name. A later entry takes an earlier one's place, as on a disk.
class ExpectedTree final : public world::TreeWriter {
public:
    Status add(const world::TreeEntry& entry) override {
        close();
        const std::string path = place_of(entry.path);
        if (!entry.hardlink.empty()) {
            put(path, files[entry.hardlink]);
            return {};
        }
        put(path, {entry.info, false, {}});
        open_ = entry.info.type == world::FileType::regular ? path : std::string();
        return {};
    }
    Status write(std::string_view bytes) override {
        sum_.add(bytes);
        return {};
    }
    Status whiteout(std::string_view path) override {
        close();
        Expected hidden;
        hidden.whiteout = true;
        files.try_emplace(std::string(path), std::move(hidden));  // a name of this layer's own is not hidden by it
        return {};
    }
    Status opaque(std::string_view) override {
        close();
        return {};
    }
    Status finish() override {
        close();
        return {};
    }

    std::map<std::string, Expected> files;

private:
    void close() {
        if (!open_.empty()) {
            files[open_].sum = sum_.finish();
            open_.clear();
        }
    }
    // What is no directory has nothing below it.
    void put(const std::string& path, Expected expected) {
        if (expected.info.type != world::FileType::directory) {
            const auto below = files.lower_bound(path + "/");
            const auto behind = files.lower_bound(path + "0");  // '0' follows '/'
            files.erase(below, behind);
        }
        files[path] = std::move(expected);
    }

    std::string open_;
    Sha256 sum_;
};

class Comparison {
public:
    Comparison(world::World& world, world::TreeReader& tree, const std::map<std::string, Expected>& expected)
        : world_(world), tree_(tree), expected_(expected) {}

    Result<std::vector<Damage>> all() {
        for (const auto& [path, expected] : expected_) {
            if (world_.cancel.requested()) {
                return fail(Errc::cancelled, "cancelled");
            }
            if (std::string what = difference(path, expected); !what.empty()) {
                damage_.push_back({path.empty() ? "the layer's root" : path, std::move(what)});
            }
        }
        TRY(look_for_strangers(""));
        std::sort(damage_.begin(), damage_.end(), [](const Damage& a, const Damage& b) { return a.path < b.path; });
        return std::move(damage_);
    }

private:
    std::string difference(const std::string& path, const Expected& expected) {
        const Result<world::FileInfo> info = tree_.stat(path);
        if (!info) {
            return info.error().code == Errc::not_found ? "is missing" : "cannot be read";
        }
        if (expected.whiteout) {
            return "";
        }
        const world::FileInfo& wanted = expected.info;
        if (info->type != wanted.type || info->link != wanted.link) {
            return "is another kind of file, or leads elsewhere";
        }
        // An ordinary user's tree is all theirs, and has none of what only root may write.
        const bool ordinary = !world_.machine.uids.empty();
        const bool owned = ordinary || (info->uid == wanted.uid && info->gid == wanted.gid);
        if (!owned || (wanted.type != world::FileType::symlink && info->mode != wanted.mode)) {
            return "has another owner or mode";
        }
        if (!ordinary && !has_attributes(*info, wanted)) {
            return "has other capabilities or security attributes";
        }
        return wanted.type == world::FileType::regular ? difference_of_bytes(path, *info, expected) : "";
    }

    std::string difference_of_bytes(const std::string& path, const world::FileInfo& info, const Expected& expected) {
        if (info.size != expected.info.size) {
            return "has " + std::to_string(info.size) + " bytes instead of " + std::to_string(expected.info.size);
        }
        const Result<Sum> sum = sum_of(path);
        return !sum ? "cannot be read" : *sum == expected.sum ? "" : "has other bytes";
    }

    static bool has_attributes(const world::FileInfo& info, const world::FileInfo& wanted) {
        return std::all_of(wanted.xattrs.begin(), wanted.xattrs.end(), [&](const world::Pair& pair) {
            return !pair.name.starts_with("security.") ||
                   std::find(info.xattrs.begin(), info.xattrs.end(), pair) != info.xattrs.end();
        });
    }

    Result<Sum> sum_of(const std::string& path) {
        const std::unique_ptr<world::Source> source = TRY(tree_.open(path));
        std::array<char, 65536> piece{};
        Sha256 sum;
        while (const std::size_t got = TRY(source->read(piece))) {
            sum.add(std::string_view(piece.data(), got));
        }
        return sum.finish();
    }

    Status look_for_strangers(const std::string& folder) {
        for (const world::DirEntry& entry : TRY(tree_.list(folder))) {
            const std::string path = folder.empty() ? entry.name : folder + "/" + entry.name;
            const auto known = expected_.find(path);
            if (known == expected_.end()) {
                damage_.push_back({path, "is not of this layer"});
            } else if (entry.type == world::FileType::directory && !known->second.whiteout &&
                       known->second.info.type == world::FileType::directory) {
                TRY(look_for_strangers(path));
            }
        }
        return {};
    }

    world::World& world_;
    world::TreeReader& tree_;
    const std::map<std::string, Expected>& expected_;
    std::vector<Damage> damage_;
};

}  // namespace

Result<std::vector<Damage>> compare_with_blob(world::World& world, world::TreeReader& tree, world::Source& blob,
                                              const oci::Digest& diff_id) {
    const std::unique_ptr<world::Source> inside = TRY(decompressed(blob));
    SummingSource tar(*inside);
    const std::unique_ptr<TarReader> reader = TRY(TarReader::open(tar));
    ExpectedTree expected;
    TRY(apply_tar(*reader, expected, {}));
    TRY(expected.finish());
    std::array<char, 16U * 1024U> rest{};
    while (TRY(tar.read(rest)) > 0) {
    }
    if (const oci::Digest computed = tar.digest(); computed != diff_id) {
        return fail(Errc::invalid, "its blob has the diff id " + oci::to_text(computed));
    }
    return Comparison(world, tree, expected.files).all();
}

}  // namespace cutaway::layer
