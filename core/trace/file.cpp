// SPDX-License-Identifier: Apache-2.0
#include "core/trace/file.h"

#include "core/trace/bytes.h"
#include "core/trace/line.h"

namespace cutaway::trace {

Result<std::unique_ptr<StdioLines>> StdioLines::create(const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "wbe");
    if (file == nullptr) {
        return file_error("create the trace " + path);
    }
    return std::unique_ptr<StdioLines>(new StdioLines(file));
}

Result<std::unique_ptr<StdioLines>> StdioLines::take_over(int fd) {
    std::FILE* file = ::fdopen(fd, "wb");
    if (file == nullptr) {
        return file_error("write a trace to descriptor " + std::to_string(fd));
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
