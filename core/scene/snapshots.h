// SPDX-License-Identifier: Apache-2.0
// Timeline: the Picture at any moment of a trace. Every `every` events it keeps a snapshot, which shares what did not
// change; a jump folds the few events behind the nearest one. Events come in order, live by add() or from a file by
// load(); the k-th one is position k, position 0 is before the first. It neither opens files nor keeps events: `read`
// answers the k-th again. One thread at a time; the Pictures it hands out are independent copies.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/scene/evolve.h"
#include "core/scene/expression.h"

namespace cutaway::scene {

class Timeline {
public:
    using Read = std::function<bool(std::uint64_t position, trace::Event& event)>;  // false: there is none
    static constexpr std::uint64_t usual_distance = 2048;

    Timeline(const trace::Header& header, Read read, std::uint64_t every = usual_distance);

    void add(const trace::Event& event);  // the next one; `read` answers it from now on
    std::uint64_t load();                 // all that `read` has behind the last one; answers how many
    // `read` has that many, and none comes behind them. They are folded when a Picture is asked for, or ahead of that:
    void expect(std::uint64_t size) { size_ = size; }
    bool fold_on(std::uint64_t most) const;  // so many more; false: all are folded
    [[nodiscard]] std::uint64_t folded() const { return folded_; }

    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] const Picture& last() const {
        fold_on(size_ - folded_);
        return tip_;
    }
    [[nodiscard]] Picture at(std::uint64_t position) const;  // beyond the end: the last
    [[nodiscard]] std::uint64_t snapshots() const { return snapshots_.size(); }

    // Folds from `from` on and shows each Picture up to `to`; stops early when `look` answers false.
    void walk(std::uint64_t from, std::uint64_t to,
              const std::function<bool(std::uint64_t position, const Picture&)>& look) const;
    [[nodiscard]] std::uint64_t every() const { return every_; }

private:
    Read read_;
    std::uint64_t every_;
    void fold(const trace::Event& event) const;
    std::uint64_t size_ = 0;
    // As far as it is folded, which nobody sees from outside but by the time that it takes.
    mutable std::uint64_t folded_ = 0;
    mutable Picture tip_;
    mutable std::vector<Picture> snapshots_;  // the k-th is at position k * every_
};

// Where a condition becomes true: it holds there and did not one event before. find_back looks at positions before
// `from`, the nearest first (reverse-continue); find_forward at those behind it. Nothing: it never does.
std::optional<std::uint64_t> find_back(const Timeline& timeline, std::uint64_t from, const Expression& condition);
std::optional<std::uint64_t> find_forward(const Timeline& timeline, std::uint64_t from, const Expression& condition);

}  // namespace cutaway::scene
