// SPDX-License-Identifier: Apache-2.0
#include "core/trace/file.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/trace/line.h"

namespace cutaway::trace {

namespace {

class InMemory final : public Mapped {
public:
    explicit InMemory(std::string bytes) : bytes_(std::move(bytes)) {}
    [[nodiscard]] std::string_view bytes() const override { return bytes_; }

private:
    std::string bytes_;
};

Error file_error(std::string doing) {
    const int number = errno;
    const Errc code = number == ENOENT ? Errc::not_found : number == EACCES ? Errc::denied : Errc::io;
    return Error{code, number, std::move(doing) + ": " + std::strerror(number)};
}

}  // namespace

Result<std::unique_ptr<StdioLines>> StdioLines::create(const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "wbe");
    if (file == nullptr) {
        return file_error("create the trace " + path);
    }
    return std::unique_ptr<StdioLines>(new StdioLines(file));
}

Status StdioLines::line(std::string_view with_newline) {
    const bool written = std::fwrite(with_newline.data(), 1, with_newline.size(), file_.get()) == with_newline.size();
    if (!written || std::fflush(file_.get()) != 0) {
        return file_error("write the trace");
    }
    return {};
}

Writer::Writer(LineSink& lines, const Header& header) : lines_(lines) {
    append_header(line_, header);
    put();
}

void Writer::take(const Event& event) {
    append_line(line_, event);
    put();
}

void Writer::put() {
    line_.push_back('\n');
    if (!failure_.has_value()) {
        if (Status written = lines_.line(line_); !written) {
            failure_ = written.error();
        }
    }
    line_.clear();
}

std::unique_ptr<Mapped> in_memory(std::string bytes) { return std::make_unique<InMemory>(std::move(bytes)); }

Result<std::unique_ptr<Mapped>> read_file(const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "rbe");
    if (file == nullptr) {
        return file_error("open " + path);
    }
    std::string bytes;
    std::array<char, 65536> piece{};
    for (std::size_t got = 1; got > 0;) {
        got = std::fread(piece.data(), 1, piece.size(), file);
        bytes.append(piece.data(), got);
    }
    const bool failed = std::ferror(file) != 0;
    const Error error = file_error("read " + path);
    (void)std::fclose(file);
    if (failed) {
        return error;
    }
    return in_memory(std::move(bytes));
}

std::string to_text(const Header& header, const std::vector<Event>& events) {
    std::string text;
    append_header(text, header);
    text.push_back('\n');
    for (const Event& event : events) {
        append_line(text, event);
        text.push_back('\n');
    }
    return text;
}

}  // namespace cutaway::trace
