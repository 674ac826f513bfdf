// SPDX-License-Identifier: Apache-2.0
// --filter KEY=VALUE of the verbs that list, prune and tell events: read by one reader and joined by docker's rule. What
// a key means is each verb's own.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cli/verb.h"

namespace cutaway::cli {

using Filters = std::map<std::string, std::vector<std::string>, std::less<>>;

// The two halves of read_filters, for verbs that do something in between: the client reads, the daemon knows keys.
Result<Filters> parse_filters(const Parsed& given, std::string_view flag);
Status check_filters(const Filters& filters, std::span<const std::string_view> known);

// Errors are whole lines as docker prints them; refuse_filters prints them, with the usage where docker does.
Result<Filters> read_filters(const Parsed& given, std::span<const std::string_view> known);
int refuse_filters(Invocation& call, const Error& error);
Error invalid_filter(std::string_view what);  // the daemon's, of a key or of "key=value"

// Of one key any value, of all keys each; of labels all values.
bool fits_all(const Filters& filters, const std::function<bool(const std::string&, const std::string&)>& fits);

bool has_label(const std::vector<world::Pair>& labels, std::string_view wanted);  // "tier" or "tier=web"

}  // namespace cutaway::cli
