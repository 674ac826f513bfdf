// SPDX-License-Identifier: Apache-2.0
#include "core/model/content.h"

#include <utility>

#include "core/base/sha256.h"
#include "core/model/errors.h"

namespace cutaway::model {

Content::Content(std::string bytes) {
    if (!bytes.empty()) {
        held_ = std::make_shared<Held>();
        held_->bytes = std::move(bytes);
    }
}

Content Content::stored(std::string digest, std::uint64_t size) {
    Content content;
    content.held_ = std::make_shared<Held>();
    content.held_->digest = std::move(digest);
    content.held_->size = size;
    content.held_->loaded = false;
    content.held_->stored = true;
    return content;
}

Content Content::lying(std::string_view bytes) {
    Content content;
    content.lying_ = bytes;
    return content;
}

void Content::take_up() const {
    if (held_ == nullptr && !lying_.empty()) {
        held_ = std::make_shared<Held>();
        held_->bytes = lying_;
        lying_ = {};
    }
}

std::uint64_t Content::size() const {
    if (held_ == nullptr) {
        return lying_.size();
    }
    return held_->loaded ? held_->bytes.size() : held_->size;
}

bool Content::is_stored() const { return held_ != nullptr && held_->stored; }

const std::string& Content::digest() const {
    static const std::string none;
    take_up();
    if (held_ == nullptr) {
        return none;
    }
    if (held_->digest.empty()) {
        held_->digest = sha256_hex(held_->bytes);
    }
    return held_->digest;
}

std::string_view Content::loaded() const { return held_ == nullptr ? lying_ : held_->bytes; }

Result<std::string_view> Content::view(Objects* objects) const {
    if (held_ == nullptr) {
        return lying_;
    }
    if (!held_->loaded) {
        if (objects == nullptr) {
            return os_error(EIO, "read " + held_->digest);
        }
        held_->bytes = TRY(objects->load(held_->digest));
        if (held_->bytes.size() != held_->size) {
            return os_error(EIO, "read " + held_->digest);
        }
        held_->loaded = true;
    }
    return std::string_view(held_->bytes);
}

Result<std::string*> Content::edit(Objects* objects) {
    (void)TRY(view(objects));
    take_up();
    if (held_ == nullptr) {
        held_ = std::make_shared<Held>();
    } else if (held_.use_count() != 1) {
        auto copy = std::make_shared<Held>();
        copy->bytes = held_->bytes;
        held_ = std::move(copy);
    }
    held_->digest.clear();
    held_->stored = false;
    return &held_->bytes;
}

void Content::mark_stored() const {
    take_up();
    if (held_ != nullptr) {
        held_->stored = true;
    }
}

void put(std::string& out, const Content& content) {
    binary::put_number(out, content.size());
    if (content.is_long()) {
        binary::put(out, content.digest());
    } else {
        out.append(content.loaded());
    }
}

void get(binary::Input& in, Content& content) {
    const std::uint64_t size = in.number();
    if (size > Content::inline_limit) {
        std::string digest(in.text());
        in.ok = in.ok && digest.size() == 64;
        content = Content::stored(std::move(digest), size);
        return;
    }
    if (!in.ok || size > in.rest.size()) {
        in.ok = false;
        return;
    }
    content = Content::lying(in.rest.substr(0, static_cast<std::size_t>(size)));
    in.rest.remove_prefix(static_cast<std::size_t>(size));
}

}  // namespace cutaway::model
