// SPDX-License-Identifier: Apache-2.0
// Any bytes as a layer: never a crash, and no path that a writer is given leads outside or through a link. The writer
// below knows nothing but components; it ends the program at the first one that is not plain.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "core/layer/apply.h"
#include "core/layer/decompress.h"
#include "core/layer/layer_index.h"

namespace {

using namespace cutaway;

void demand(bool truth) {
    if (!truth) {
        std::abort();
    }
}

class Bytes final : public world::Source {
public:
    explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
    Result<std::size_t> read(std::span<char> into) override {
        const std::size_t count = std::min(into.size(), bytes_.size());
        std::copy_n(bytes_.data(), count, into.data());
        bytes_.remove_prefix(count);
        return count;
    }

private:
    std::string_view bytes_;
};

class Suspicious final : public world::TreeWriter {
public:
    Status add(const world::TreeEntry& entry) override {
        check(entry.path);
        if (!entry.hardlink.empty()) {
            check(entry.hardlink);
            demand(directories_.count(entry.hardlink) == 0);
        }
        if (entry.info.type == world::FileType::directory && entry.hardlink.empty()) {
            directories_.insert(entry.path);
        } else {
            demand(entry.path != ".");
            drop(entry.path);
        }
        return {};
    }
    Status write(std::string_view) override { return {}; }
    Status whiteout(std::string_view path) override {
        check(path);
        demand(path != "." && directories_.count(std::string(path)) == 0);
        return {};
    }
    Status opaque(std::string_view directory) override {
        check(directory);
        demand(directory == "." || directories_.count(std::string(directory)) == 1);
        return {};
    }
    Status finish() override { return {}; }

private:
    // Relative, plain components, and every directory on the way was made as one before.
    void check(std::string_view path) const {
        demand(!path.empty() && path.front() != '/' && path.back() != '/');
        if (path == ".") {
            return;
        }
        for (std::size_t begin = 0; begin <= path.size();) {
            const std::size_t end = std::min(path.find('/', begin), path.size());
            const std::string_view part = path.substr(begin, end - begin);
            demand(!part.empty() && part != "." && part != ".." && part.size() <= 255);
            demand(end == path.size() || directories_.count(std::string(path.substr(0, end))) == 1);
            begin = end + 1;
        }
    }
    void drop(const std::string& path) {
        directories_.erase(path);
        auto below = directories_.lower_bound(path + "/");
        while (below != directories_.end() && below->compare(0, path.size() + 1, path + "/") == 0) {
            below = directories_.erase(below);
        }
    }

    std::set<std::string> directories_;
};

}  // namespace

// libFuzzer chooses the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes bytes(std::string_view(reinterpret_cast<const char*>(data), size));
    layer::UnpackLimits limits;
    limits.bytes = 1U << 20U;
    limits.entries = 1000;
    const auto inside = layer::decompressed(bytes);
    demand(inside.has_value());
    const auto reader = layer::TarReader::open(**inside);
    if (!reader) {
        return 0;
    }
    Suspicious writer;
    const Result<layer::Applied> applied = layer::apply_tar(**reader, writer, limits);
    if (applied) {
        const layer::LayerIndex index = applied->tree.to_index("sha256:00");
        const Result<layer::LayerIndex> again = layer::parse_layer_index(layer::to_text(index));
        demand(again.has_value() && *again == index);
    } else {
        demand(!applied.error().doing.empty());
    }
    return 0;
}
