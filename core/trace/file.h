// SPDX-License-Identifier: Apache-2.0
// The trace file: a header line, then one event a line, each handed over whole and at once, so that a process that
// dies leaves a trace up to its last event. Where lines go is a LineSink's business; StdioLines is the plain file.
// A writer whose sink failed stops writing and remembers why; recording never stops the engine.
#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/trace/event.h"
#include "core/trace/gate.h"

namespace cutaway::trace {

class LineSink {
public:
    virtual ~LineSink() = default;
    virtual Status line(std::string_view with_newline) = 0;  // all of it, or an error
};

class StdioLines final : public LineSink {
public:
    static Result<std::unique_ptr<StdioLines>> create(const std::string& path);  // an old file is replaced
    static Result<std::unique_ptr<StdioLines>> take_over(int fd);                // open for writing, and ours now
    Status line(std::string_view with_newline) override;                         // flushed to the kernel

private:
    struct Closer {
        void operator()(std::FILE* file) const { (void)std::fclose(file); }
    };
    explicit StdioLines(std::FILE* file) : file_(file) {}
    std::unique_ptr<std::FILE, Closer> file_;
};

class Writer final : public Sink {
public:
    Writer(LineSink& lines, const Header& header);
    void take(const Event& event) override;
    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

private:
    void put();
    LineSink& lines_;
    std::string line_;  // kept between events for its memory
    std::optional<Error> failure_;
};

// Keeps events as they come; for tests, comparisons and short runs.
class Memory final : public Sink {
public:
    void take(const Event& event) override { events.push_back(event); }
    std::vector<Event> events;
};

// A trace as text: what Writer would have written.
std::string to_text(const Header& header, const std::vector<Event>& events);

}  // namespace cutaway::trace
