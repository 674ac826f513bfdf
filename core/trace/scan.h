// SPDX-License-Identifier: Apache-2.0
// Scan: reads described values from one trace line at the speed of a fold. It knows the writer's habits (no white
// space, keys in field order, few escapes) and takes everything else the slow way, through core/base/json.h. Bounds:
// it recurses only as deep as the types do, and allocates only what it returns. Include it in few .cpp files.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "core/base/enum.h"
#include "core/base/fields.h"
#include "core/base/json.h"

namespace cutaway::trace {

// A set of names, found by one hash and one comparison. The table is made at compile time.
template <std::size_t N>
class NameTable {
public:
    constexpr explicit NameTable(const std::array<std::string_view, N>& names) : names_(names) {
        for (std::size_t i = 0; i < N; ++i) {
            std::size_t at = slot(names[i]);
            while (slots_[at] != 0) {
                at = (at + 1) % size;
            }
            slots_[at] = static_cast<std::uint8_t>(i + 1);
        }
    }
    [[nodiscard]] constexpr std::size_t find(std::string_view name) const {  // N: not there
        for (std::size_t at = slot(name); slots_[at] != 0; at = (at + 1) % size) {
            if (names_[slots_[at] - 1U] == name) {
                return slots_[at] - 1U;
            }
        }
        return N;
    }

private:
    static constexpr std::size_t size = 256;
    static_assert(N < size / 2);
    static constexpr std::size_t slot(std::string_view name) {
        if (name.empty()) {
            return 0;
        }
        const auto at = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(name[i])); };
        return (name.size() * 37 + at(0) * 5 + at(name.size() / 2) * 11 + at(name.size() - 1) * 3) % size;
    }
    std::array<std::string_view, N> names_;
    std::array<std::uint8_t, size> slots_{};
};

template <NamedEnum E>
struct EnumTable {
    static constexpr auto names = enum_names(E{});
    static constexpr NameTable<names.size()> table{names};
};

template <class... A>
struct KindTable {
    static constexpr std::array<std::string_view, sizeof...(A)> names{A::kind...};
    static constexpr NameTable<sizeof...(A)> table{names};
};

class Scan {
public:
    explicit Scan(std::string_view text) : begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {}

    bool begin(char bracket) {
        fresh_ = take(bracket);
        return fresh_ || die();
    }
    bool next_key(std::string_view& key);  // false at the object's end, or when dead
    bool next_item();                      // false at the array's end, or when dead
    bool text(std::string& value);
    bool word(std::string_view& value);  // a string without escapes, as it stands
    bool skip();
    bool number(std::uint64_t& value) { return digits(value); }
    bool number(std::int64_t& value) { return digits(value); }
    bool flag(bool& value);
    bool at_end() {
        space();
        return ok_ && at_ == end_;
    }
    [[nodiscard]] bool ok() const { return ok_; }

    // The kind of a variant that nobody here knows; its object was passed over.
    void meet_unknown(std::string_view kind) { unknown_ = kind; }
    [[nodiscard]] std::string_view unknown() const { return unknown_; }

private:
    bool die() {
        ok_ = false;
        return false;
    }
    void space() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r' || *at_ == '\n')) {
            ++at_;
        }
    }
    bool take(char c) {
        space();
        if (!ok_ || at_ == end_ || *at_ != c) {
            return false;
        }
        ++at_;
        return true;
    }
    // The first of quote, backslash and control characters from at_ on: eight bytes at a time.
    [[nodiscard]] const char* plain_end() const;
    template <class T>
    bool digits(T& value) {
        space();
        const auto got = std::from_chars(at_, end_, value);
        if (!ok_ || got.ec != std::errc{}) {
            return die();
        }
        at_ = got.ptr;
        return true;
    }

    const char* begin_;
    const char* at_;
    const char* end_;
    std::string_view unknown_;
    bool ok_ = true;
    bool fresh_ = false;
};

template <class T>
bool read(Scan& in, T& value);

// Back to the default, with whatever memory it has kept.
template <class T>
void reset(T& value, const T& blank = T{}) {
    if constexpr (std::is_same_v<T, std::string>) {
        value.assign(blank);
    } else if constexpr (Described<T>) {
        visit_fields(&value, [&](std::string_view, auto member) { reset(value.*member, blank.*member); });
    } else if constexpr (requires { value.clear(); }) {
        value.clear();
    } else {
        value = blank;
    }
}

// Fields in their order cost one comparison each; any others are looked for one by one.
template <class T>
bool read_fields(Scan& in, T& value) {
    std::string_view key;
    bool more = in.next_key(key);
    bool good = true;
    visit_fields(&value, [&](std::string_view name, auto member) {
        if (more && good && key == name) {
            good = read(in, value.*member);
            more = good && in.next_key(key);
        }
    });
    while (more && good) {
        bool found = false;
        visit_fields(&value, [&](std::string_view name, auto member) {
            if (!found && key == name) {
                found = true;
                good = read(in, value.*member);
            }
        });
        good = found ? good : in.skip();
        more = good && in.next_key(key);
    }
    return good && in.ok();
}

template <class T, class Variant>
bool read_alternative(Scan& in, Variant& value) {
    if (T* held = std::get_if<T>(&value)) {
        reset(*held);
    } else {
        value.template emplace<T>();
    }
    return read_fields(in, *std::get_if<T>(&value));
}

template <class... A>
bool read_variant(Scan& in, std::variant<A...>& value) {
    using Reader = bool (*)(Scan&, std::variant<A...>&);
    static constexpr std::array<Reader, sizeof...(A)> readers{&read_alternative<A, std::variant<A...>>...};
    std::string_view key;
    std::string_view kind;
    if (!in.begin('{') || !in.next_key(key) || key != "kind" || !in.word(kind)) {
        return false;
    }
    const std::size_t index = KindTable<A...>::table.find(kind);
    if (index < sizeof...(A)) {
        return readers[index](in, value);
    }
    in.meet_unknown(kind);
    while (in.next_key(key)) {
        if (!in.skip()) {
            return false;
        }
    }
    return in.ok();
}

template <class T>
bool read_items(Scan& in, std::vector<T>& value) {
    value.clear();
    if (!in.begin('[')) {
        return false;
    }
    while (in.next_item()) {
        if (!read(in, value.emplace_back())) {
            return false;
        }
    }
    return in.ok();
}

template <class T>
bool read(Scan& in, T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        return in.flag(value);
    } else if constexpr (NamedEnum<T>) {
        std::string_view name;
        if (!in.word(name)) {
            return false;
        }
        const std::size_t index = EnumTable<T>::table.find(name);
        value = static_cast<T>(index);
        return index < EnumTable<T>::names.size();
    } else if constexpr (std::is_integral_v<T>) {
        std::conditional_t<std::is_unsigned_v<T>, std::uint64_t, std::int64_t> wide{};
        if (!in.number(wide)) {
            return false;
        }
        value = static_cast<T>(wide);
        return static_cast<decltype(wide)>(value) == wide;
    } else if constexpr (std::is_same_v<T, std::string>) {
        return in.text(value);
    } else if constexpr (IsVariant<T>::value) {
        return read_variant(in, value);
    } else if constexpr (Described<T>) {
        return in.begin('{') && read_fields(in, value);
    } else {
        return read_items(in, value);
    }
}

}  // namespace cutaway::trace
