// SPDX-License-Identifier: Apache-2.0
#include "core/model/state_files.h"

namespace cutaway::model {

Result<std::optional<std::string>> MemoryFiles::read(const std::string& name) {
    const auto found = root_->find(name);
    return found == root_->end() ? std::optional<std::string>() : std::optional<std::string>(found->second);
}

Status MemoryFiles::replace(const std::string& name, std::string_view bytes) {
    (*root_)[name] = std::string(bytes);
    return {};
}

Status MemoryFiles::append(const std::string& name, std::string_view bytes) {
    (*root_)[name] += bytes;
    return {};
}

Result<std::uint64_t> MemoryFiles::size(const std::string& name) {
    const auto found = root_->find(name);
    return std::uint64_t{found == root_->end() ? 0 : found->second.size()};
}

Status MemoryFiles::cut(const std::string& name, std::uint64_t size) {
    if (const auto found = root_->find(name); found != root_->end() && found->second.size() > size) {
        found->second.resize(static_cast<std::size_t>(size));
    }
    return {};
}

Status MemoryFiles::remove(const std::string& name) {
    root_->erase(name);
    return {};
}

bool MemoryFiles::pause(std::int64_t ns) {
    wall_ns_ += ns;
    return on_pause && on_pause();
}

}  // namespace cutaway::model
