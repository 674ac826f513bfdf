// SPDX-License-Identifier: Apache-2.0
#include "core/layer/layer_index.h"

#include <algorithm>

#include "core/base/json_codec.h"

namespace cutaway::layer {

namespace {

struct IndexHead {
    std::string diff_id;
    std::uint64_t entries = 0;
};
CUTAWAY_FIELDS(IndexHead, diff_id, entries)

std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

template <class T>
bool read_line(std::string_view& text, T& value) {
    json::Reader in(take_line(text));
    return json::read(in, value) && in.at_end();
}

}  // namespace

const IndexEntry* find(const LayerIndex& index, std::string_view path) {
    const auto found =
        std::lower_bound(index.entries.begin(), index.entries.end(), path,
                         [](const IndexEntry& entry, std::string_view wanted) { return entry.path < wanted; });
    return found != index.entries.end() && found->path == path ? &*found : nullptr;
}

std::string to_text(const LayerIndex& index) {
    std::string text;
    json::write(text, IndexHead{index.diff_id, index.entries.size()});
    text.push_back('\n');
    for (const IndexEntry& entry : index.entries) {
        json::write(text, entry);
        text.push_back('\n');
    }
    return text;
}

Result<LayerIndex> parse_layer_index(std::string_view text) {
    LayerIndex index;
    IndexHead head;
    bool good = read_line(text, head);
    index.diff_id = head.diff_id;
    while (good && !text.empty()) {
        IndexEntry entry;
        good = read_line(text, entry) && (index.entries.empty() || index.entries.back().path < entry.path);
        index.entries.push_back(std::move(entry));
    }
    if (!good || index.entries.size() != head.entries) {
        return fail(Errc::invalid, "the layer index is damaged at entry " + std::to_string(index.entries.size()));
    }
    return index;
}

}  // namespace cutaway::layer
