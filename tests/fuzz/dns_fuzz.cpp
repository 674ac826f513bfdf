// SPDX-License-Identifier: Apache-2.0
// A datagram from inside a container, and the lines of a names file: never a crash, every answer is one to its question,
// none is longer than the asker said it takes, and none provokes another.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/dns/message.h"
#include "core/dns/names.h"

namespace {

using namespace cutaway;

void demand(bool truth) {
    if (!truth) {
        std::abort();
    }
}

void check_answers(const dns::Query& query) {
    demand(query.name.size() <= 4 * std::size_t{255} && query.question.size() <= 255 + 4);
    for (const std::string& answer :
         {dns::answer_nothing(query, dns::Code::no_such_name),
          dns::answer_addresses(query, std::vector<std::uint32_t>(300, 1)), dns::answer_name(query, query.name)}) {
        demand(dns::answers(answer, query) && !dns::parse_query(answer));
        demand(answer.size() <= query.room + 600);
    }
    demand(dns::answer_addresses(query, std::vector<std::uint32_t>(300, 1)).size() <= query.room);
    if (const auto address = dns::reversed_address(query.name)) {
        demand(query.name.size() < 32);
    }
}

}  // namespace

// libFuzzer chooses the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const auto query = dns::parse_query(bytes)) {
        check_answers(*query);
    } else {
        const std::string said = dns::complaint(bytes, dns::Code::format_error);
        demand(said.empty() || (said.size() == 12 && dns::complaint(said, dns::Code::format_error).empty()));
    }
    const dns::Names names = dns::parse_names(bytes, [](const std::string& id) { return id != "gone"; });
    for (const dns::Named& one : names.members) {
        demand(!one.names.empty() && one.container != "gone");
        demand(!dns::addresses_of({names}, one.container, one.names.front()).empty());
        demand(dns::name_of({names}, one.container, one.address).has_value());
    }
    return 0;
}
