// SPDX-License-Identifier: Apache-2.0
#include "core/scene/snapshots.h"

#include <algorithm>

namespace cutaway::scene {

Timeline::Timeline(const trace::Header& header, Read read, std::uint64_t every)
    : read_(std::move(read)), every_(std::max<std::uint64_t>(every, 1)), tip_(first_picture(header)) {
    snapshots_.push_back(tip_);
}

void Timeline::fold(const trace::Event& event) const {
    evolve(tip_, event);
    if (++folded_ % every_ == 0) {
        snapshots_.push_back(tip_);
    }
}

void Timeline::add(const trace::Event& event) {
    fold_on(size_ - folded_);
    fold(event);
    size_ = folded_;
}

bool Timeline::fold_on(std::uint64_t most) const {
    trace::Event event;
    for (; most > 0 && folded_ < size_ && read_(folded_ + 1, event); --most) {
        fold(event);
    }
    return folded_ < size_;
}

std::uint64_t Timeline::load() {
    const std::uint64_t before = size_;
    trace::Event event;
    while (read_(size_ + 1, event)) {
        add(event);
    }
    return size_ - before;
}

Picture Timeline::at(std::uint64_t position) const {
    const std::uint64_t end = std::min(position, size_);
    fold_on(end - std::min(end, folded_));
    if (position >= folded_) {
        return tip_;
    }
    const std::uint64_t base = position / every_;
    Picture picture = snapshots_[static_cast<std::size_t>(base)];
    trace::Event event;
    for (std::uint64_t next = base * every_ + 1; next <= position && read_(next, event); ++next) {
        evolve(picture, event);
    }
    return picture;
}

void Timeline::walk(std::uint64_t from, std::uint64_t to,
                    const std::function<bool(std::uint64_t, const Picture&)>& look) const {
    const std::uint64_t end = std::min(to, size_);
    if (from > end) {
        return;
    }
    Picture picture = at(from);
    trace::Event event;
    for (std::uint64_t position = from; look(position, picture) && position < end; ++position) {
        if (!read_(position + 1, event)) {
            return;
        }
        evolve(picture, event);
    }
}

std::optional<std::uint64_t> find_back(const Timeline& timeline, std::uint64_t from, const Expression& condition) {
    std::uint64_t end = std::min(from, timeline.size() + 1);  // the last one looked at is before it
    while (end > 0) {
        const std::uint64_t base = (end - 1) / timeline.every() * timeline.every();
        std::optional<std::uint64_t> found;
        // One position early, so that a change at the very beginning of this stretch is told apart.
        bool held = base == 0 ? false : holds(condition, timeline.at(base - 1));
        timeline.walk(base, end - 1, [&](std::uint64_t position, const Picture& picture) {
            const bool now = holds(condition, picture);
            if (now && !held) {
                found = position;
            }
            held = now;
            return true;
        });
        if (found) {
            return found;
        }
        end = base;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> find_forward(const Timeline& timeline, std::uint64_t from, const Expression& condition) {
    std::optional<std::uint64_t> found;
    bool held = true;
    timeline.walk(from, timeline.size(), [&](std::uint64_t position, const Picture& picture) {
        const bool now = holds(condition, picture);
        if (position > from && now && !held) {
            found = position;
        }
        held = now;
        return !found;
    });
    return found;
}

}  // namespace cutaway::scene
