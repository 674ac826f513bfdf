// SPDX-License-Identifier: Apache-2.0
// Bytes: what a trace file holds, read where it is asked for. A file is read through a window of at most a few pages
// more than one line, never mapped and never loaded whole: it may be cut by others while it is open, and then there is
// less to read instead of a signal (docs/decisions/0006). What was not there when it was opened is not seen.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace cutaway::trace {

class Bytes {
public:
    virtual ~Bytes() = default;
    [[nodiscard]] virtual std::uint64_t size() const = 0;
    // At most `most` bytes from `from` on: fewer only where they end, or have been cut. The view holds until the next
    // call. One thread at a time.
    virtual std::string_view at(std::uint64_t from, std::size_t most) = 0;
};

std::unique_ptr<Bytes> in_memory(std::string bytes);
// What cannot be read here and there (a pipe) is read whole instead.
Result<std::unique_ptr<Bytes>> open_bytes(const std::string& path);
Result<std::string> read_file(const std::string& path);
Error file_error(std::string doing);  // of the last thing that stdio could not do

// Bytes that somebody else keeps, as long as this is used.
class BytesInView final : public Bytes {
public:
    explicit BytesInView(std::string_view bytes) : bytes_(bytes) {}
    [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
    std::string_view at(std::uint64_t from, std::size_t most) override {
        return from < bytes_.size() ? bytes_.substr(static_cast<std::size_t>(from), most) : std::string_view();
    }

private:
    std::string_view bytes_;
};

inline constexpr std::size_t longest_line = std::size_t{16} << 20U;

struct FoundLine {
    std::string_view text;  // without its newline; longer than longest_line: there is more of it
    bool ended = false;     // its newline is there
};

// The line that begins at `from`. The view holds until the next call of bytes.at().
FoundLine line_at(Bytes& bytes, std::uint64_t from);

}  // namespace cutaway::trace
