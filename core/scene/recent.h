// SPDX-License-Identifier: Apache-2.0
// Two lists whose copies share their items, read like a std::vector. Recent<T>: append only, drops the oldest in
// pieces of 32; appending after a snapshot clones nothing, since nobody else can see the slots behind their own end.
// List<T>: few, heavy items, each cloned only when it is edited. Thread rule as core/base/cow.h.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/cow.h"

namespace cutaway::scene {

// Walks anything with operator[] and size().
template <class Of, class T>
class IndexIterator {
public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    IndexIterator() = default;
    IndexIterator(const Of* of, std::size_t at) : of_(of), at_(at) {}
    reference operator*() const { return (*of_)[at_]; }
    pointer operator->() const { return &(*of_)[at_]; }
    IndexIterator& operator++() {
        ++at_;
        return *this;
    }
    IndexIterator operator++(int) {
        IndexIterator before = *this;
        ++at_;
        return before;
    }
    friend bool operator==(const IndexIterator& a, const IndexIterator& b) { return a.at_ == b.at_; }

private:
    const Of* of_ = nullptr;
    std::size_t at_ = 0;
};

template <class T>
class Recent {
public:
    using value_type = T;
    using const_iterator = IndexIterator<Recent, T>;
    static constexpr std::size_t piece = 32;

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] const T& operator[](std::size_t at) const { return chunks_[at / piece]->items[at % piece]; }
    [[nodiscard]] const T& front() const { return (*this)[0]; }
    [[nodiscard]] const T& back() const { return (*this)[size_ - 1]; }
    [[nodiscard]] const_iterator begin() const { return {this, 0}; }
    [[nodiscard]] const_iterator end() const { return {this, size_}; }

    // Answers how many old items went, so that no more than `limit` stay.
    std::size_t push(T item, std::size_t limit) {
        const std::size_t used = size_ % piece;
        if (used == 0) {
            chunks_.push_back(std::make_shared<Chunk>());
        }
        std::uint32_t expected = static_cast<std::uint32_t>(used);
        if (!chunks_.back()->used.compare_exchange_strong(expected, expected + 1, std::memory_order_acq_rel)) {
            fork(used);
        }
        chunks_.back()->items[used] = std::move(item);
        ++size_;
        if (size_ <= limit || size_ <= piece) {
            return 0;
        }
        chunks_.erase(chunks_.begin());
        size_ -= piece;
        return piece;
    }

    friend bool operator==(const Recent& a, const Recent& b) {
        return a.size_ == b.size_ && std::equal(a.begin(), a.end(), b.begin());
    }

private:
    struct Chunk {
        std::array<T, piece> items;
        std::atomic<std::uint32_t> used{0};
    };
    // Another copy went on from here with an item of its own: take along what both saw.
    void fork(std::size_t used) {
        auto own = std::make_shared<Chunk>();
        std::copy_n(chunks_.back()->items.begin(), used, own->items.begin());
        own->used.store(static_cast<std::uint32_t>(used) + 1, std::memory_order_relaxed);
        chunks_.back() = std::move(own);
    }

    std::vector<std::shared_ptr<Chunk>> chunks_;  // all full but the last
    std::size_t size_ = 0;
};

template <class T>
class List {
public:
    using value_type = T;
    using const_iterator = IndexIterator<List, T>;

    [[nodiscard]] std::size_t size() const { return items_.size(); }
    [[nodiscard]] bool empty() const { return items_.empty(); }
    [[nodiscard]] const T& operator[](std::size_t at) const { return *items_[at]; }
    [[nodiscard]] const T& front() const { return *items_.front(); }
    [[nodiscard]] const T& back() const { return *items_.back(); }
    [[nodiscard]] const_iterator begin() const { return {this, 0}; }
    [[nodiscard]] const_iterator end() const { return {this, items_.size()}; }

    T& edit(std::size_t at) { return items_[at].edit(); }
    std::size_t push(T item, std::size_t limit) {
        items_.push_back(Cow<T>(std::move(item)));
        const std::size_t over = items_.size() > limit ? items_.size() - limit : 0;
        items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(over));
        return over;
    }

    friend bool operator==(const List& a, const List& b) { return a.items_ == b.items_; }

private:
    std::vector<Cow<T>> items_;
};

}  // namespace cutaway::scene
