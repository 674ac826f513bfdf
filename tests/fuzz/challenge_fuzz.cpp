// SPDX-License-Identifier: Apache-2.0
// What a server says in its headers: never a crash, and what is taken from them can neither break a request apart nor
// change its meaning when it is written out and read again.
#include "core/registry/challenge.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/registry/blob.h"
#include "core/registry/errors.h"
#include "core/registry/exchange.h"
#include "core/registry/url.h"

namespace {

using namespace cutaway;

void demand(bool truth) {
    if (!truth) {
        std::abort();
    }
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        out += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
    }
    return out + "\"";
}

void check_challenges(std::string_view text) {
    for (const registry::Challenge& one : registry::parse_challenges(text)) {
        demand(!one.scheme.empty() && (one.token68.empty() || one.parameters.empty()));
        std::string again = one.scheme + " " + one.token68;
        for (const world::Pair& pair : one.parameters) {
            again += (&pair == &one.parameters.front() ? "" : ", ") + pair.name + "=" + quoted(pair.value);
        }
        if (again.size() < 16384) {
            const auto read = registry::parse_challenges(again);
            demand(read.size() == 1 && read.front() == one);
        }
    }
}

void check_url(std::string_view text) {
    const auto base = registry::parse_url("https://registry.example:5000/v2/a/blobs/x?y=z");
    for (const Result<registry::Url>& url : {registry::parse_url(text), registry::resolve_location(*base, text)}) {
        if (!url) {
            demand(!url.error().doing.empty());
            continue;
        }
        const std::string written = registry::to_text(*url);
        demand(std::all_of(written.begin(), written.end(), [](char c) { return c > ' ' && c < 0x7F; }));
        demand(url->host.find('@') == std::string::npos && url->target.front() == '/');
        const auto again = registry::parse_url(written);
        demand(again.has_value() && *again == *url);
    }
}

}  // namespace

// libFuzzer chooses the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_challenges(text);
    check_url(text);
    const auto wait = registry::wait_before(1, text, 0, {});
    demand(!wait || (*wait >= 0 && *wait <= registry::RetryPolicy{}.longest_wait_ns));
    demand(!registry::continues_at(text, 7, 7));
    const registry::Refusal refusal = registry::read_refusal(401, registry::parse_challenges(text), text);
    const std::string said = registry::to_error(refusal, oci::parse_reference("nginx").value()).doing;
    demand(!said.empty() && said.find('\x1b') == std::string::npos && said.find('\n') == std::string::npos);
    return 0;
}
