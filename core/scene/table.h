// SPDX-License-Identifier: Apache-2.0
// Table<K, V>: a sorted map whose copies share their leaves. After a snapshot, writing one entry clones one leaf of at
// most 64 entries, however many there are; std::map would clone them all. Reads look like std::map's. It has no
// iterators for writing: edit() and operator[] name an entry. Thread rule as core/base/cow.h.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

#include "core/base/cow.h"

namespace cutaway::scene {

template <class K, class V>
class Table {
public:
    using key_type = K;
    using mapped_type = V;
    using value_type = std::pair<K, V>;
    using Leaf = std::vector<value_type>;
    static constexpr std::size_t leaf_size = 64;

    class const_iterator {
    public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = std::pair<K, V>;
        using difference_type = std::ptrdiff_t;
        using pointer = const value_type*;
        using reference = const value_type&;

        const_iterator() = default;
        const_iterator(const std::vector<Cow<Leaf>>* leaves, std::size_t leaf, std::size_t item)
            : leaves_(leaves), leaf_(leaf), item_(item) {}
        reference operator*() const { return (*(*leaves_)[leaf_])[item_]; }
        pointer operator->() const { return &**this; }
        const_iterator& operator++() {
            if (++item_ == (*leaves_)[leaf_]->size()) {
                ++leaf_;
                item_ = 0;
            }
            return *this;
        }
        const_iterator operator++(int) {
            const_iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const const_iterator& a, const const_iterator& b) {
            return a.leaf_ == b.leaf_ && a.item_ == b.item_;
        }

    private:
        const std::vector<Cow<Leaf>>* leaves_ = nullptr;
        std::size_t leaf_ = 0;
        std::size_t item_ = 0;
    };
    using iterator = const_iterator;

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] const_iterator begin() const { return {&leaves_, 0, 0}; }
    [[nodiscard]] const_iterator end() const { return {&leaves_, leaves_.size(), 0}; }

    // The first entry whose key is not less than `key`.
    template <class Key>
    [[nodiscard]] const_iterator lower_bound(const Key& key) const {
        const std::size_t leaf = leaf_of(key);
        if (leaf == leaves_.size()) {
            return end();
        }
        const std::size_t item = item_of(*leaves_[leaf], key);
        return item == leaves_[leaf]->size() ? const_iterator{&leaves_, leaf + 1, 0}
                                             : const_iterator{&leaves_, leaf, item};
    }
    template <class Key>
    [[nodiscard]] const_iterator find(const Key& key) const {
        const const_iterator at = lower_bound(key);
        return at != end() && !(key < at->first) ? at : end();
    }
    template <class Key>
    [[nodiscard]] bool contains(const Key& key) const {
        return find(key) != end();
    }
    template <class Key>
    [[nodiscard]] std::size_t count(const Key& key) const {
        return contains(key) ? 1 : 0;
    }
    template <class Key>
    [[nodiscard]] const V* get(const Key& key) const {  // null: there is none
        const const_iterator at = find(key);
        return at == end() ? nullptr : &at->second;
    }

    // For writing; null, and nothing cloned, if there is none.
    template <class Key>
    V* edit(const Key& key) {
        const std::size_t leaf = leaf_of(key);
        if (leaf == leaves_.size()) {
            return nullptr;
        }
        const std::size_t item = item_of(*leaves_[leaf], key);
        if (item == leaves_[leaf]->size() || key < (*leaves_[leaf])[item].first) {
            return nullptr;
        }
        return &leaves_[leaf].edit()[item].second;
    }
    V& operator[](const K& key) {
        if (V* present = edit(key)) {
            return *present;
        }
        return insert_new(key);
    }
    template <class Key>
    bool erase(const Key& key) {
        const std::size_t leaf = leaf_of(key);
        if (leaf == leaves_.size()) {
            return false;
        }
        const std::size_t item = item_of(*leaves_[leaf], key);
        if (item == leaves_[leaf]->size() || key < (*leaves_[leaf])[item].first) {
            return false;
        }
        Leaf& own = leaves_[leaf].edit();
        own.erase(own.begin() + static_cast<std::ptrdiff_t>(item));
        if (own.empty()) {
            leaves_.erase(leaves_.begin() + static_cast<std::ptrdiff_t>(leaf));
        }
        --size_;
        return true;
    }
    void clear() {
        leaves_.clear();
        size_ = 0;
    }

    friend bool operator==(const Table& a, const Table& b) {
        return a.size_ == b.size_ && std::equal(a.begin(), a.end(), b.begin());
    }

private:
    // The last leaf that begins at or before `key`, or the first one; leaves_.size() only if there is none at all.
    template <class Key>
    [[nodiscard]] std::size_t leaf_of(const Key& key) const {
        const auto past =
            std::upper_bound(leaves_.begin(), leaves_.end(), key,
                             [](const Key& sought, const Cow<Leaf>& leaf) { return sought < leaf->front().first; });
        return past == leaves_.begin() ? 0 : static_cast<std::size_t>(past - leaves_.begin()) - 1;
    }
    template <class Key>
    [[nodiscard]] static std::size_t item_of(const Leaf& leaf, const Key& key) {
        const auto at = std::lower_bound(leaf.begin(), leaf.end(), key,
                                         [](const value_type& item, const Key& sought) { return item.first < sought; });
        return static_cast<std::size_t>(at - leaf.begin());
    }
    V& insert_new(const K& key) {
        if (leaves_.empty()) {
            leaves_.emplace_back(Leaf{});
        }
        std::size_t at = leaf_of_nonempty(key);
        if (leaves_[at]->size() >= leaf_size) {
            at = split(at, key);
        }
        Leaf& leaf = leaves_[at].edit();
        const std::size_t item = item_of(leaf, key);
        leaf.insert(leaf.begin() + static_cast<std::ptrdiff_t>(item), value_type(key, V{}));
        ++size_;
        return leaf[item].second;
    }
    [[nodiscard]] std::size_t leaf_of_nonempty(const K& key) const { return size_ == 0 ? 0 : leaf_of(key); }
    std::size_t split(std::size_t at, const K& key) {
        Leaf& low = leaves_[at].edit();
        // Keys that only ever grow (pids, sequence numbers) leave full leaves behind instead of half ones.
        const bool growing = at + 1 == leaves_.size() && low.back().first < key;
        const auto middle = low.begin() + static_cast<std::ptrdiff_t>(growing ? low.size() - 1 : low.size() / 2);
        Leaf high(std::make_move_iterator(middle), std::make_move_iterator(low.end()));
        low.erase(middle, low.end());
        const bool upper = !(key < high.front().first);
        leaves_.insert(leaves_.begin() + static_cast<std::ptrdiff_t>(at) + 1, Cow<Leaf>(std::move(high)));
        return upper ? at + 1 : at;
    }

    std::vector<Cow<Leaf>> leaves_;  // none is empty once an entry is in
    std::size_t size_ = 0;
};

}  // namespace cutaway::scene
