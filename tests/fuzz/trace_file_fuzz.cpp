// SPDX-License-Identifier: Apache-2.0
// Any bytes as a trace file and as its sidecar: an error or a trace, whose every event decodes, is written and reads
// back as the same event.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/trace/line.h"
#include "core/trace/lint.h"
#include "core/trace/redact.h"

// libFuzzer chooses the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cutaway;
    const std::string text(reinterpret_cast<const char*>(data), size);
    (void)trace::load_index(text, "x");
    const Result<trace::Trace> opened = trace::Trace::open(trace::in_memory(text));
    if (!opened) {
        return 0;
    }
    trace::Event event;
    trace::Event again;
    for (std::size_t n = 0; n < opened->size(); ++n) {
        opened->event(n, event);
        std::string line;
        trace::append_line(line, event);
        if (!trace::decode_line(line, again).problem.empty() || !(again == event)) {
            std::abort();
        }
        trace::redact(event);
        (void)opened->span_around(n);
    }
    (void)trace::lint(*opened);
    (void)opened->phase_ranges();
    return 0;
}
