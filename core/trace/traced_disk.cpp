// SPDX-License-Identifier: Apache-2.0
#include "core/trace/traced_disk.h"

#include <string>
#include <utility>

#include "core/base/hex.h"

namespace cutaway::trace {

namespace {

template <class Made>
Status change(Frame& frame, world::Call call, std::uint64_t bytes, Made&& made) {
    const Result<world::Reply> result = frame.call(std::move(call), [&]() -> Result<world::Reply> {
        if (Status done = made(); !done) {
            return std::move(done).error();
        }
        world::Reply reply;
        reply.bytes = bytes;
        return reply;
    });
    return result ? Status() : Status(result.error());
}

// A blob's path ends in …/sha256/<hex>: the OCI image layout says the digest by the name.
std::string digest_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) {
        return {};
    }
    const std::string_view name = path.substr(slash + 1);
    const std::string_view above = path.substr(0, slash);
    const std::size_t upper = above.rfind('/');
    const std::string_view algorithm = upper == std::string_view::npos ? above : above.substr(upper + 1);
    const bool known = (algorithm == "sha256" && name.size() == 64) || (algorithm == "sha512" && name.size() == 128);
    return known && is_hex(name) ? std::string(algorithm) + ":" + std::string(name) : std::string();
}

world::SaveFile saving(std::string_view path, std::uint64_t bytes) {
    return world::SaveFile{std::string(path), bytes, digest_of(path)};
}

class TracedSink final : public world::Sink {
public:
    TracedSink(std::unique_ptr<world::Sink> inner, Frame& frame, std::string_view path)
        : inner_(std::move(inner)), frame_(frame), path_(path) {}

    Status write(std::string_view bytes) override {
        Status written = inner_->write(bytes);
        bytes_ += written ? bytes.size() : 0;
        return written;
    }
    Status commit() override {
        return change(frame_, saving(path_, bytes_), bytes_, [&] { return inner_->commit(); });
    }

private:
    std::unique_ptr<world::Sink> inner_;
    Frame& frame_;
    std::string path_;
    std::uint64_t bytes_ = 0;
};

class TracedLock final : public world::DiskLock {
public:
    TracedLock(std::unique_ptr<world::DiskLock> inner, Frame& frame) : inner_(std::move(inner)), frame_(frame) {
        frame_.locked(true);
    }
    ~TracedLock() override { frame_.locked(false); }
    TracedLock(const TracedLock&) = delete;
    TracedLock& operator=(const TracedLock&) = delete;

private:
    std::unique_ptr<world::DiskLock> inner_;
    Frame& frame_;
};

}  // namespace

Result<std::unique_ptr<world::DiskLock>> TracedDisk::lock(std::string_view path) {
    std::unique_ptr<world::DiskLock> inner = TRY(inner_.lock(path));
    return std::unique_ptr<world::DiskLock>(std::make_unique<TracedLock>(std::move(inner), frame_));
}

Status TracedDisk::save(std::string_view path, std::string_view bytes, world::Durability durability) {
    return change(frame_, saving(path, bytes.size()), bytes.size(),
                  [&] { return inner_.save(path, bytes, durability); });
}

Status TracedDisk::overwrite(std::string_view path, std::string_view bytes) {
    return change(frame_, saving(path, bytes.size()), bytes.size(), [&] { return inner_.overwrite(path, bytes); });
}

Result<std::unique_ptr<world::Sink>> TracedDisk::create(std::string_view path) {
    std::unique_ptr<world::Sink> inner = TRY(inner_.create(path));
    return std::unique_ptr<world::Sink>(std::make_unique<TracedSink>(std::move(inner), frame_, path));
}

Status TracedDisk::make_dir(std::string_view path, std::uint32_t mode) {
    return change(frame_, world::MakeDir{std::string(path), mode}, 0, [&] { return inner_.make_dir(path, mode); });
}

Status TracedDisk::rename(std::string_view from, std::string_view to) {
    world::RenamePath call{std::string(from), std::string(to)};
    return change(frame_, std::move(call), 0, [&] { return inner_.rename(from, to); });
}

Status TracedDisk::remove(std::string_view path) {
    return change(frame_, world::RemovePath{std::string(path)}, 0, [&] { return inner_.remove(path); });
}

}  // namespace cutaway::trace
