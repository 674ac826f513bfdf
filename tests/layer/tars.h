// SPDX-License-Identifier: Apache-2.0
// Tars for the tests: by our own writer, entry by entry.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/layer/tar_writer.h"
#include "core/oci/digest.h"

namespace cutaway::testing {

inline world::TreeEntry entry(std::string path, world::FileType type, std::uint32_t mode = 0755) {
    world::TreeEntry made;
    made.path = std::move(path);
    made.info.type = type;
    made.info.mode = mode;
    return made;
}

class Tar {
public:
    Tar& file(const std::string& path, std::string_view bytes = "", std::uint32_t mode = 0644) {
        world::TreeEntry made = entry(path, world::FileType::regular, mode);
        made.info.size = bytes.size();
        return add(made, bytes);
    }
    Tar& dir(const std::string& path, std::uint32_t mode = 0755) {
        return add(entry(path, world::FileType::directory, mode));
    }
    Tar& link(const std::string& path, const std::string& target) {
        world::TreeEntry made = entry(path, world::FileType::symlink, 0777);
        made.info.link = target;
        return add(made);
    }
    Tar& hard(const std::string& path, const std::string& target) {
        world::TreeEntry made = entry(path, world::FileType::regular, 0644);
        made.hardlink = target;
        return add(made);
    }
    Tar& device(const std::string& path, std::uint32_t major, std::uint32_t minor) {
        world::TreeEntry made = entry(path, world::FileType::character, 0666);
        made.info.major = major;
        made.info.minor = minor;
        return add(made);
    }
    Tar& add(const world::TreeEntry& made, std::string_view bytes = "") {
        good_ = layer::TarWriter(text_).add(made, bytes).has_value() && good_;
        return *this;
    }
    [[nodiscard]] std::string bytes() const {
        std::string whole = text_;
        layer::TarWriter(whole).finish();
        return good_ ? whole : "a tar that could not be written";
    }

private:
    std::string text_;
    bool good_ = true;
};

}  // namespace cutaway::testing
