// SPDX-License-Identifier: Apache-2.0
#include "viz/view/fork.h"

#include <algorithm>

namespace cutaway::view {

std::size_t boundary_at(const Story& story, std::uint64_t position, bool working) {
    const std::vector<Typed>& typed = story.commands();
    const auto behind =
        std::find_if(typed.begin(), typed.end(), [&](const Typed& one) { return one.position >= position; });
    const auto index = static_cast<std::size_t>(behind - typed.begin());
    const bool at_rest = position >= story.size() && !working;
    const bool begins = behind != typed.end() && behind->begin <= position;
    return at_rest || begins || index == 0 ? index : index - 1;
}

std::string fork_place(const Moment& moment) {
    if (moment.recorded || moment.elsewhere || moment.picture->world == "real") {
        return {};
    }
    const std::size_t index = boundary_at(*moment.story, moment.position, moment.working);
    const auto& typed = moment.story->commands();
    return index < typed.size() ? "as before \"" + typed[index].text + "\"" : "as it is now";
}

}  // namespace cutaway::view
