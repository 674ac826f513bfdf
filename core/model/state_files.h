// SPDX-License-Identifier: Apache-2.0
// StateFiles: the few things that keeping a machine under --root needs of a real disk and a real clock. A composition
// root gives them; this room may not. Names are relative to the root: "machine.bin", "journal.jsonl", "objects/HEX".
// MemoryFiles is the same in memory, for tests and for machines that nobody keeps.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace cutaway::model {

class StateFiles {
public:
    virtual ~StateFiles() = default;
    virtual Status lock() = 0;  // exclusive among processes; waits
    virtual void unlock() = 0;
    virtual Result<std::optional<std::string>> read(const std::string& name) = 0;  // nothing: absent
    virtual Status replace(const std::string& name, std::string_view bytes) = 0;   // whole or not at all; 0600
    virtual Status append(const std::string& name, std::string_view bytes) = 0;
    virtual Result<std::uint64_t> size(const std::string& name) = 0;  // 0: absent
    virtual Status cut(const std::string& name, std::uint64_t size) = 0;
    virtual Status remove(const std::string& name) = 0;
    [[nodiscard]] virtual std::string where(const std::string& name) const = 0;  // for people: the whole path
    virtual std::string owner() = 0;                                             // this process, as no other ever is
    virtual bool alive(const std::string& owner) = 0;                            // whether that process still is
    virtual std::int64_t wall_ns() = 0;
    virtual bool pause(std::int64_t ns) = 0;  // real time; false: nothing can come of waiting
};

using MemoryRoot = std::map<std::string, std::string>;

class MemoryFiles final : public StateFiles {
public:
    explicit MemoryFiles(std::shared_ptr<MemoryRoot> root = std::make_shared<MemoryRoot>()) : root_(std::move(root)) {}
    std::function<bool()> on_pause;  // what the rest of the world does meanwhile; none: nothing

    Status lock() override { return {}; }
    void unlock() override {}
    Result<std::optional<std::string>> read(const std::string& name) override;
    Status replace(const std::string& name, std::string_view bytes) override;
    Status append(const std::string& name, std::string_view bytes) override;
    Result<std::uint64_t> size(const std::string& name) override;
    Status cut(const std::string& name, std::uint64_t size) override;
    Status remove(const std::string& name) override;
    std::string where(const std::string& name) const override { return name; }
    std::string owner() override { return "memory"; }
    bool alive(const std::string& owner) override { return owner == "memory"; }
    std::int64_t wall_ns() override { return wall_ns_; }
    bool pause(std::int64_t ns) override;
    void set_wall(std::int64_t ns) { wall_ns_ = ns; }

private:
    std::shared_ptr<MemoryRoot> root_;
    std::int64_t wall_ns_ = std::int64_t{1767225600} * 1000000000;
};

}  // namespace cutaway::model
