// SPDX-License-Identifier: Apache-2.0
// Cow<T>: a value that copies share until one of them writes. Copying costs a pointer, so a Picture's snapshot
// costs a handful of pointers however much it shows. Thread rule: a Cow may be copied and read from any thread that
// got its own copy; edit() only on a copy that one thread owns.
#pragma once

#include <memory>
#include <utility>

namespace cutaway {

template <class T>
class Cow {
public:
    Cow() : held_(empty()) {}
    Cow(T value) : held_(std::make_shared<T>(std::move(value))) {}

    const T& operator*() const { return *held_; }
    const T* operator->() const { return held_.get(); }

    // The value for writing: cloned first if somebody else still looks at it.
    T& edit() {
        if (held_.use_count() != 1) {
            held_ = std::make_shared<T>(*held_);
        }
        return *held_;
    }

    [[nodiscard]] bool same(const Cow& other) const { return held_ == other.held_; }
    friend bool operator==(const Cow& a, const Cow& b) { return a.held_ == b.held_ || *a.held_ == *b.held_; }

private:
    static const std::shared_ptr<T>& empty() {
        static const std::shared_ptr<T> shared = std::make_shared<T>();
        return shared;
    }
    std::shared_ptr<T> held_;
};

}  // namespace cutaway
