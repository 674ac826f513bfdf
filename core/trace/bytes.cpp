// SPDX-License-Identifier: Apache-2.0
#include "core/trace/bytes.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace cutaway::trace {

namespace {

struct Closer {
    void operator()(std::FILE* file) const { (void)std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Closer>;

class InMemory final : public Bytes {
public:
    explicit InMemory(std::string bytes) : bytes_(std::move(bytes)), view_(bytes_) {}
    [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
    std::string_view at(std::uint64_t from, std::size_t most) override { return view_.at(from, most); }

private:
    std::string bytes_;
    BytesInView view_;
};

// Windows begin and end at whole steps, so that lines in either direction mostly lie in the one that is there.
class Windows final : public Bytes {
public:
    Windows(File file, std::uint64_t size) : file_(std::move(file)), size_(size) {}
    [[nodiscard]] std::uint64_t size() const override { return size_; }
    std::string_view at(std::uint64_t from, std::size_t most) override {
        if (from >= size_) {
            return {};
        }
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(most, size_ - from));
        if (from < begin_ || from + wanted > begin_ + window_.size()) {
            read(from, wanted);
        }
        return from < begin_ + window_.size()
                   ? std::string_view(window_).substr(static_cast<std::size_t>(from - begin_), wanted)
                   : std::string_view();
    }

private:
    static constexpr std::uint64_t step = 65536;

    void read(std::uint64_t from, std::size_t wanted) {
        begin_ = from / step * step;
        const std::uint64_t end = std::min((from + wanted + step - 1) / step * step, size_);
        const auto asked = static_cast<std::size_t>(end - begin_);
        if (window_.capacity() > 8 * step && asked <= 4 * step) {
            window_ = std::string();  // one long line is no reason to keep as much for ever
        }
        window_.resize(asked);
        const bool there = std::fseek(file_.get(), static_cast<long>(begin_), SEEK_SET) == 0;
        window_.resize(there ? std::fread(window_.data(), 1, asked, file_.get()) : 0);
    }

    File file_;
    std::uint64_t size_;
    std::uint64_t begin_ = 0;
    std::string window_;
};

Result<std::string> read_whole(std::FILE* file, const std::string& path) {
    std::string bytes;
    std::array<char, 65536> piece{};
    for (std::size_t got = 1; got > 0;) {
        got = std::fread(piece.data(), 1, piece.size(), file);
        bytes.append(piece.data(), got);
    }
    if (std::ferror(file) != 0) {
        return file_error("read " + path);
    }
    return bytes;
}

}  // namespace

Error file_error(std::string doing) {
    const int number = errno;
    const Errc code = number == ENOENT ? Errc::not_found : number == EACCES ? Errc::denied : Errc::io;
    return Error{code, number, std::move(doing) + ": " + std::strerror(number)};
}

std::unique_ptr<Bytes> in_memory(std::string bytes) { return std::make_unique<InMemory>(std::move(bytes)); }

Result<std::string> read_file(const std::string& path) {
    const File file(std::fopen(path.c_str(), "rbe"));
    if (file == nullptr) {
        return file_error("open " + path);
    }
    return read_whole(file.get(), path);
}

Result<std::unique_ptr<Bytes>> open_bytes(const std::string& path) {
    File file(std::fopen(path.c_str(), "rbe"));
    if (file == nullptr) {
        return file_error("open " + path);
    }
    (void)std::setvbuf(file.get(), nullptr, _IONBF, 0);  // the window is the buffer
    if (std::fseek(file.get(), 0, SEEK_END) != 0) {
        return in_memory(TRY(read_whole(file.get(), path)));
    }
    const long size = std::ftell(file.get());
    std::rewind(file.get());
    if (std::fgetc(file.get()) == EOF && std::ferror(file.get()) != 0) {  // a directory opens and has a size
        return file_error("read " + path);
    }
    return std::unique_ptr<Bytes>(
        std::make_unique<Windows>(std::move(file), size < 0 ? 0 : static_cast<std::uint64_t>(size)));
}

FoundLine line_at(Bytes& bytes, std::uint64_t from) {
    for (std::size_t ask = 4096;; ask *= 4) {
        const std::size_t most = std::min(ask, longest_line + 1);
        const std::string_view there = bytes.at(from, most);
        const std::size_t newline = there.find('\n');
        if (newline != std::string_view::npos) {
            return {there.substr(0, newline), true};
        }
        if (there.size() < most || most > longest_line) {
            return {there, false};
        }
    }
}

}  // namespace cutaway::trace
