// SPDX-License-Identifier: Apache-2.0
// Who is called what on a user's networks, as the files below the run root tell it: "network NAME", then a line a
// container, "ID ADDRESS NAME…". Read anew for each question; who still lives is for the reader's `lives` to say.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cutaway::dns {

struct Named {
    std::string container;  // full id
    std::uint32_t address = 0;
    std::vector<std::string> names;
};

struct Names {
    std::string network;
    std::vector<Named> members;  // alive, all of them
};

using Lives = std::function<bool(const std::string& container)>;

// One file, without those who are gone; lines that are none are left out.
Names parse_names(std::string_view text, const Lives& lives);

// What the networks answer that `asker` is plugged into; the others are as if they were not there. "db", or "db.NETWORK"
// on that network alone.
std::vector<std::uint32_t> addresses_of(const std::vector<Names>& networks, std::string_view asker,
                                        std::string_view name);
// "db.NETWORK"; nothing: nobody there has it.
std::optional<std::string> name_of(const std::vector<Names>& networks, std::string_view asker, std::uint32_t address);

}  // namespace cutaway::dns
