// SPDX-License-Identifier: Apache-2.0
// Folded<T>: a part of a saved machine that lies as its bytes until somebody looks, so that a command on a machine with
// two hundred containers pays for what it touches. What a commit must know of every part (which file systems it mounts,
// which contents it names) is its gist, which lies before its bytes and costs no unfolding. A part that nobody unfolded
// is written as it was read. The bytes belong to the snapshot they were read from, which must stay as long as the part.
// T gives: a described T::Gist, and T::Gist gist_of(const T&).
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/binary.h"

namespace cutaway::model {

template <class T>
class Folded {
public:
    using Gist = typename T::Gist;

    Folded() = default;  // of a T as it is made
    explicit Folded(T value) : value_(std::make_unique<T>(std::move(value))) {}

    T& look() { return unfolded(); }
    const T& look() const { return unfolded(); }
    [[nodiscard]] bool is_unfolded() const { return value_ != nullptr; }
    [[nodiscard]] bool is_broken() const { return is_broken_; }  // its bytes were no T: never to be written back
    [[nodiscard]] Gist gist() const {
        if (value_ != nullptr || bytes_.empty()) {
            return gist_of(unfolded());
        }
        Gist gist;
        binary::Input in{bytes_};
        binary::get(in, gist);
        return gist;
    }

    // Whether `at` begins with what put() would write; then that is taken off. Where it lies itself need not be compared.
    [[nodiscard]] bool is_next(std::string_view& at) const {
        if (value_ != nullptr || at.size() < length_size + bytes_.size() ||
            at.substr(length_size, bytes_.size()).data() != bytes_.data()) {
            return false;
        }
        at.remove_prefix(length_size + bytes_.size());
        return true;
    }

    friend void put(std::string& out, const Folded& folded) {
        const std::size_t at = out.size();
        out.append(length_size, '\0');
        if (folded.value_ == nullptr) {
            out.append(folded.bytes_);
        } else {
            binary::put(out, gist_of(*folded.value_));
            binary::put(out, *folded.value_);
        }
        put_length(out, at);
    }
    friend void get(binary::Input& in, Folded& folded) {
        folded.value_.reset();
        folded.bytes_ = in.text();
    }

private:
    // A number in as many bytes as the longest takes: what it counts is written where it will lie, and counted then.
    static constexpr std::size_t length_size = 5;
    static void put_length(std::string& out, std::size_t at) {
        std::size_t left = out.size() - at - length_size;
        for (std::size_t i = 0; i < length_size; ++i, left >>= 7U) {
            out[at + i] = static_cast<char>((left & 0x7FU) | (i + 1 < length_size ? 0x80U : 0U));
        }
    }
    T& unfolded() const {
        if (value_ == nullptr) {
            value_ = std::make_unique<T>();
            if (bytes_.empty()) {
                return *value_;
            }
            binary::Input in{bytes_};
            Gist gist;
            binary::get(in, gist);
            binary::get(in, *value_);
            is_broken_ = !in.ok || !in.rest.empty();
        }
        return *value_;
    }

    mutable std::unique_ptr<T> value_;
    mutable bool is_broken_ = false;
    std::string_view bytes_;
};

// A map of such parts, asked for as if they were none; who goes through all of them says when to look.
template <class Key, class T>
class FoldedMap {
public:
    using Map = std::map<Key, Folded<T>>;
    using key_type = Key;

    T& at(const Key& key) { return parts_.at(key).look(); }
    const T& at(const Key& key) const { return parts_.at(key).look(); }
    T* find(const Key& key) {
        const auto found = parts_.find(key);
        return found == parts_.end() ? nullptr : &found->second.look();
    }
    const T* find(const Key& key) const {
        const auto found = parts_.find(key);
        return found == parts_.end() ? nullptr : &found->second.look();
    }
    [[nodiscard]] bool contains(const Key& key) const { return parts_.contains(key); }
    [[nodiscard]] std::size_t size() const { return parts_.size(); }
    void emplace(const Key& key, T value) { parts_.insert_or_assign(key, Folded<T>(std::move(value))); }
    Map& parts() { return parts_; }
    [[nodiscard]] const Map& parts() const { return parts_; }

    friend void put(std::string& out, const FoldedMap& map) { binary::put(out, map.parts_); }
    friend void get(binary::Input& in, FoldedMap& map) { binary::get(in, map.parts_); }

private:
    Map parts_;
};

}  // namespace cutaway::model
