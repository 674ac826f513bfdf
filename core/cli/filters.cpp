// SPDX-License-Identifier: Apache-2.0
#include "core/cli/filters.h"

#include <algorithm>

namespace cutaway::cli {

Error invalid_filter(std::string_view what) {
    return {Errc::invalid, 0, "Error response from daemon: invalid filter '" + std::string(what) + "'"};
}

Result<Filters> parse_filters(const Parsed& given, std::string_view flag) {
    Filters filters;
    for (const std::string& filter : given.list("filter")) {
        const std::size_t equals = filter.find('=');
        if (equals == std::string::npos) {
            return fail(Errc::invalid, "invalid argument \"" + filter + "\" for \"" + std::string(flag) +
                                           "\" flag: bad format of filter (expected name=value)");
        }
        filters[filter.substr(0, equals)].push_back(filter.substr(equals + 1));
    }
    return filters;
}

Status check_filters(const Filters& filters, std::span<const std::string_view> known) {
    for (const auto& [key, values] : filters) {
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            return invalid_filter(key);
        }
    }
    return {};
}

Result<Filters> read_filters(const Parsed& given, std::span<const std::string_view> known) {
    Filters filters = TRY(parse_filters(given, "-f, --filter"));
    TRY(check_filters(filters, known));
    return filters;
}

int refuse_filters(Invocation& call, const Error& error) {
    if (error.doing.starts_with("invalid argument \"")) {
        return misuse(call, error.doing);
    }
    call.console.err(shown(error.doing) + "\n");
    return 1;
}

bool fits_all(const Filters& filters, const std::function<bool(const std::string&, const std::string&)>& fits) {
    return std::all_of(filters.begin(), filters.end(), [&](const auto& filter) {
        const std::string& key = filter.first;
        const std::vector<std::string>& values = filter.second;
        const auto good = [&](const std::string& value) { return fits(key, value); };
        return key == "label" ? std::all_of(values.begin(), values.end(), good)
                              : std::any_of(values.begin(), values.end(), good);
    });
}

bool has_label(const std::vector<world::Pair>& labels, std::string_view wanted) {
    const std::string_view name = wanted.substr(0, wanted.find('='));
    const bool any = name.size() == wanted.size();
    return std::any_of(labels.begin(), labels.end(), [&](const world::Pair& label) {
        return label.name == name && (any || label.value == wanted.substr(name.size() + 1));
    });
}

}  // namespace cutaway::cli
