// SPDX-License-Identifier: Apache-2.0
// Ledger: which system calls one world call became, with decoded arguments, result and errno, as strace(1) would
// write them. It sees only what is made through it.
#pragma once

#include <cerrno>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/host/error.h"
#include "core/world/call.h"

namespace cutaway::host {

class Ledger {
public:
    // Makes the call and keeps how it went. Negative: failed, and error() is its errno.
    template <class Made>
    std::int64_t call(std::string_view name, std::string arguments, Made&& made) {
        const std::int64_t got = made();
        error_ = got < 0 ? errno : 0;
        calls_.push_back({std::string(name), std::move(arguments), got, error_});
        return got;
    }
    // The same where failing is the end: the error says the call and what it was about.
    template <class Made>
    Status must(std::string_view name, std::string arguments, std::string_view about, Made&& made) {
        if (call(name, std::move(arguments), std::forward<Made>(made)) < 0) {
            return sys_error(error_, std::string(name) + " " + std::string(about));
        }
        return {};
    }
    [[nodiscard]] int error() const { return error_; }
    [[nodiscard]] std::vector<world::SystemCall> take() { return std::exchange(calls_, {}); }

private:
    std::vector<world::SystemCall> calls_;
    int error_ = 0;
};

std::string quoted(std::string_view text);
std::string octal(std::uint32_t mode);
std::string list_of(const std::vector<std::string>& texts);  // ["a", "b"]

}  // namespace cutaway::host
