// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value or the Error that says what was being done. No exception crosses a room.
// Uses std::expected's member names, so that the day the compiler has it the swap is mechanical.
// It refuses to be ignored, and to hold references: TRY yields values only.
#pragma once

#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "core/base/enum.h"

namespace cutaway {

// Near ten kinds, each one something a caller does differently. Exit and HTTP statuses are tables elsewhere.
enum class Errc {
    invalid,
    not_found,
    exists,
    denied,
    unsupported,
    conflict,
    io,
    network,
    cancelled,
    internal,
    timeout
};
CUTAWAY_ENUM(Errc, invalid, not_found, exists, denied, unsupported, conflict, io, network, cancelled, internal, timeout)

// `doing` is a lowercase sentence without a period, outermost context first: "start web: mount overlay: no space left".
struct Error {
    Errc code = Errc::internal;
    int sys_errno = 0;  // the kernel's number where one was given, else 0
    std::string doing;

    friend bool operator==(const Error&, const Error&) = default;
};

// Puts the caller's context in front: boundary code calls this on the way out.
inline Error in_context(std::string_view what, Error error) {
    error.doing = std::string(what) + ": " + error.doing;
    return error;
}

template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    [[nodiscard]] bool has_value() const { return state_.index() == 0; }
    explicit operator bool() const { return has_value(); }

    T& value() & { return std::get<0>(state_); }
    const T& value() const& { return std::get<0>(state_); }
    T&& value() && { return std::get<0>(std::move(state_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    T value_or(T other) && { return has_value() ? std::move(value()) : std::move(other); }

    Error& error() & { return std::get<1>(state_); }
    const Error& error() const& { return std::get<1>(state_); }
    Error&& error() && { return std::get<1>(std::move(state_)); }

private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)), failed_(true) {}

    [[nodiscard]] bool has_value() const { return !failed_; }
    explicit operator bool() const { return has_value(); }
    void value() const { assert(!failed_); }
    Error& error() & { return error_; }
    const Error& error() const& { return error_; }
    Error&& error() && { return std::move(error_); }

private:
    Error error_;
    bool failed_ = false;
};

using Status = Result<void>;

inline Error fail(Errc code, std::string doing) { return Error{code, 0, std::move(doing)}; }

}  // namespace cutaway

// TRY(expr): the value, or return the error to the caller. TRY_IN("pull nginx", expr) adds context on the way out.
#define CUTAWAY_JOIN_(a, b) a##b
#define CUTAWAY_JOIN(a, b) CUTAWAY_JOIN_(a, b)
#define CUTAWAY_TRY_(name, expression)      \
    __extension__({                         \
        auto name = (expression);           \
        if (!name.has_value()) {            \
            return std::move(name).error(); \
        }                                   \
        std::move(name).value();            \
    })
#define TRY(expression) CUTAWAY_TRY_(CUTAWAY_JOIN(try_result_, __COUNTER__), expression)
#define CUTAWAY_TRY_IN_(name, what, expression)                          \
    __extension__({                                                      \
        auto name = (expression);                                        \
        if (!name.has_value()) {                                         \
            return ::cutaway::in_context(what, std::move(name).error()); \
        }                                                                \
        std::move(name).value();                                         \
    })
#define TRY_IN(what, expression) CUTAWAY_TRY_IN_(CUTAWAY_JOIN(try_result_, __COUNTER__), what, expression)
