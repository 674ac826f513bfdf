// SPDX-License-Identifier: Apache-2.0
// Fd: a descriptor that is closed once. Move-only, no implicit int; every one this room opens is close-on-exec.
#pragma once

#include <utility>

namespace cutaway::host {

class Fd {
public:
    Fd() = default;
    explicit Fd(int number) : number_(number) {}
    Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        if (this != &other) {
            reset();
            number_ = std::exchange(other.number_, -1);
        }
        return *this;
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd() { reset(); }

    [[nodiscard]] int get() const { return number_; }
    [[nodiscard]] bool open() const { return number_ >= 0; }
    [[nodiscard]] int release() { return std::exchange(number_, -1); }
    void reset();  // close(2); its error means nothing that can be done, and it is never repeated (close(2), EINTR)

private:
    int number_ = -1;
};

struct Pipe {
    Fd read;
    Fd write;
};

}  // namespace cutaway::host
