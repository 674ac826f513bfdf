// SPDX-License-Identifier: Apache-2.0
#include "core/cli/prune_filter.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/cli/moment.h"
#include "core/store/time_text.h"

namespace cutaway::cli {

namespace {

std::vector<std::string> values_of(const Filters& filters, std::string_view key) {
    const auto found = filters.find(key);
    return found == filters.end() ? std::vector<std::string>() : found->second;
}

bool has_labels(const std::vector<world::Pair>& labels, const std::vector<std::string>& wanted) {
    return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& one) { return has_label(labels, one); });
}

}  // namespace

Result<engine::MayGo> read_may_go(const Filters& filters, std::int64_t now_ns) {
    const std::vector<std::string> moments = values_of(filters, "until");
    if (moments.size() > 1) {
        return fail(Errc::invalid, "more than one until filter specified");
    }
    const std::int64_t until =
        moments.empty() ? std::numeric_limits<std::int64_t>::max() : TRY(parse_moment(moments.front(), now_ns));
    std::vector<std::string> with = values_of(filters, "label");
    std::vector<std::string> without = values_of(filters, "label!");
    if (moments.empty() && with.empty() && without.empty()) {
        return engine::MayGo();
    }
    return engine::MayGo([until, with = std::move(with), without = std::move(without)](
                             const std::vector<world::Pair>& labels, const std::string& created) {
        return store::parse_time(created).value_or(0) <= until && has_labels(labels, with) &&
               (without.empty() || !has_labels(labels, without));
    });
}

}  // namespace cutaway::cli
