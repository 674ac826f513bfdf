// SPDX-License-Identifier: Apache-2.0
// Content: a file's bytes, shared by every copy until one of them writes. Short ones travel inside a snapshot and stay
// where they were read, which must stay as long (as folded.h has it); long ones are kept beside it under their digest,
// written once, and read back when somebody first looks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/binary.h"
#include "core/base/result.h"

namespace cutaway::model {

// Where long contents are found again.
class Objects {
public:
    virtual ~Objects() = default;
    virtual Result<std::string> load(const std::string& digest) = 0;
};

class Content {
public:
    static constexpr std::size_t inline_limit = 8192;

    Content() = default;
    explicit Content(std::string bytes);
    static Content stored(std::string digest, std::uint64_t size);  // not loaded yet
    static Content lying(std::string_view bytes);                   // short, and somebody else's

    [[nodiscard]] std::uint64_t size() const;
    [[nodiscard]] bool is_stored() const;  // lies under its digest already
    [[nodiscard]] bool is_long() const { return size() > inline_limit; }
    [[nodiscard]] const std::string& digest() const;  // sha256 in hex, computed once
    [[nodiscard]] std::string_view loaded() const;    // of bytes that are here
    Result<std::string_view> view(Objects* objects) const;
    Result<std::string*> edit(Objects* objects);  // for writing; valid until the next copy
    void mark_stored() const;
    [[nodiscard]] bool same(const Content& other) const {
        return held_ == other.held_ && lying_.data() == other.lying_.data();
    }

private:
    struct Held {
        std::string bytes;
        std::string digest;
        std::uint64_t size = 0;  // while not loaded
        bool loaded = true;
        bool stored = false;
    };
    void take_up() const;  // makes the bytes its own

    mutable std::shared_ptr<Held> held_;
    mutable std::string_view lying_;  // while nothing is held
};

void put(std::string& out, const Content& content);
void get(binary::Input& in, Content& content);

}  // namespace cutaway::model
