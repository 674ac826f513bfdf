// SPDX-License-Identifier: Apache-2.0
// The trace's own JSON: append to a string, read in one pass without a tree. Traces have millions of lines and are
// folded at that speed, which a document tree does not reach; everything else uses nlohmann/json.
// Bytes that are no UTF-8 travel as lone surrogates \udc80 to \udcff and come back as they were.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cutaway::json {

void append_string(std::string& out, std::string_view text);  // quoted and escaped
void append_int(std::string& out, std::int64_t value);
void append_uint(std::string& out, std::uint64_t value);

// A cursor over one JSON text. Every read answers false on the first thing that is not what was asked for; the
// cursor is then dead and stays so. It never recurses deeper than `max_depth` and allocates only what it returns.
class Reader {
public:
    static constexpr int max_depth = 64;
    explicit Reader(std::string_view text) : text_(text) {}

    // Objects: if (r.begin_object()) while (r.next_key(key)) { … read or skip the value … }
    bool begin_object();
    bool next_key(std::string_view& key);  // false at the end of the object, or when dead; keys have no escapes
    bool begin_array();
    bool next_item();  // false at the end of the array, or when dead

    bool read_string(std::string& value);
    bool read_int(std::int64_t& value);
    bool read_uint(std::uint64_t& value);
    bool read_bool(bool& value);
    bool read_double(double& value);
    bool read_null();                   // true and consumed only if a null stands here
    bool skip();                        // any value
    bool raw(std::string_view& value);  // any value, as it stands in the text
    char peek();                        // the first character of what stands here, or 0

    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] bool at_end();  // only white space is left
    [[nodiscard]] std::size_t position() const { return at_; }

private:
    bool die();
    void space();
    bool take(char c);
    bool string_body(std::string* value);
    bool skip_at(int depth);

    std::string_view text_;
    std::size_t at_ = 0;
    bool ok_ = true;
    bool fresh_ = false;  // directly behind { or [: no comma is due
};

}  // namespace cutaway::json
