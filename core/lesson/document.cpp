// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/document.h"

#include <algorithm>
#include <array>

namespace cutaway::lesson {

namespace {

constexpr auto block_names =
    std::to_array<std::string_view>({"step", "run", "stop", "finish", "predict", "task", "check", "card", "figure"});
constexpr auto prose_fences = std::to_array<std::string_view>({"", "console", "json", "text", "sh", "dockerfile"});

template <class List>
bool has(const List& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool is_key(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

// The length of the UTF-8 character at the front, or 0 if there is none (RFC 3629: no overlong forms, no surrogates).
std::size_t character(std::string_view text) {
    const auto byte = [&](std::size_t at) -> unsigned {
        return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
    };
    const auto follows = [&](std::size_t at) { return (byte(at) & 0xC0U) == 0x80U; };
    const unsigned first = byte(0);
    if (first < 0x80U) {
        return first >= 0x20U || first == '\n' || first == '\t' ? 1 : 0;
    }
    if (first >= 0xC2U && first <= 0xDFU) {
        return follows(1) ? 2 : 0;
    }
    if (first >= 0xE0U && first <= 0xEFU) {
        const bool odd = (first == 0xE0U && byte(1) < 0xA0U) || (first == 0xEDU && byte(1) > 0x9FU);
        return follows(1) && follows(2) && !odd ? 3 : 0;
    }
    if (first >= 0xF0U && first <= 0xF4U) {
        const bool odd = (first == 0xF0U && byte(1) < 0x90U) || (first == 0xF4U && byte(1) > 0x8FU);
        return follows(1) && follows(2) && follows(3) && !odd ? 4 : 0;
    }
    return 0;
}

class DocumentReader {
public:
    explicit DocumentReader(std::string_view text) : text_(text) {}

    Document read() {
        if (!is_text()) {
            return std::move(document_);
        }
        read_front();
        while (at_ < text_.size() && document_.pieces.size() < most_document_pieces) {
            read_line();
        }
        flush_prose();
        if (document_.pieces.size() >= most_document_pieces) {
            complain(line_, "the lesson has too many parts; split it");
        }
        return std::move(document_);
    }

private:
    void complain(int line, std::string what) { document_.mistakes.push_back({line, std::move(what)}); }

    bool is_text() {
        if (text_.size() > most_document_bytes) {
            complain(1, "the lesson has more than 256 KiB; split it");
            return false;
        }
        int line = 1;
        for (std::size_t at = 0; at < text_.size();) {
            const std::size_t length = character(text_.substr(at));
            if (length == 0) {
                complain(line, "a byte here is no UTF-8 text; save the file as UTF-8 with plain line ends");
                return false;
            }
            line += text_[at] == '\n' ? 1 : 0;
            at += length;
        }
        return true;
    }

    std::string_view take() {
        const std::size_t end = std::min(text_.find('\n', at_), text_.size());
        const std::string_view line = text_.substr(at_, end - at_);
        at_ = std::min(end + 1, text_.size());
        ++line_;
        return line;
    }

    // Fields up to the line that is `end`; false: the text ended first.
    bool read_fields(std::string_view end, std::vector<Field>& fields) {
        while (at_ < text_.size()) {
            const std::string_view line = take();
            if (line == end) {
                return true;
            }
            add_field(line, fields);
        }
        return false;
    }

    void add_field(std::string_view line, std::vector<Field>& fields) {
        if (trimmed(line).empty() || line.front() == '#') {
            return;
        }
        if (line.front() == ' ') {
            if (fields.empty()) {
                complain(line_, "an indented line continues a field, and there is none above it");
                return;
            }
            fields.back().value += fields.back().value.empty() ? "" : " ";
            fields.back().value += trimmed(line);
            return;
        }
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || !is_key(line.substr(0, colon))) {
            complain(line_, "expected \"key: value\", or a line indented by two spaces that continues the one above");
            return;
        }
        fields.push_back({line_, std::string(line.substr(0, colon)), std::string(trimmed(line.substr(colon + 1)))});
    }

    void read_front() {
        if (take() != "---") {
            complain(1, "a lesson begins with --- and its front matter: id, title, minutes");
            at_ = 0;
            line_ = 0;
            return;
        }
        if (!read_fields("---", document_.front)) {
            complain(1, "the front matter that begins here has no closing ---");
        }
    }

    void read_line() {
        const std::string_view line = take();
        if (line.starts_with("```")) {
            read_fence(trimmed(line.substr(3)));
        } else if (line.starts_with("## ")) {
            flush_prose();
            document_.pieces.push_back({line_, Piece::Kind::heading, "", std::string(trimmed(line.substr(3))), {}});
        } else if (line.starts_with("# ")) {
            flush_prose();  // the document's own title, for those who read it on a code host
        } else {
            add_prose(line);
        }
    }

    void add_prose(std::string_view line) {
        if (prose_.empty()) {
            if (trimmed(line).empty()) {
                return;
            }
            prose_line_ = line_;
        }
        prose_.append(line);
        prose_ += '\n';
    }

    void flush_prose() {
        while (!prose_.empty() && (prose_.back() == '\n' || prose_.back() == ' ')) {
            prose_.pop_back();
        }
        if (!prose_.empty()) {
            document_.pieces.push_back({prose_line_, Piece::Kind::prose, "", std::move(prose_), {}});
        }
        prose_.clear();
    }

    void read_fence(std::string_view name) {
        const int begin = line_;
        if (!has(block_names, name)) {
            if (!has(prose_fences, name)) {
                complain(begin, "there is no block called \"" + std::string(name) +
                                    "\"; there are step, run, stop, finish, predict, task, check, card and figure");
            }
            read_quoted(name, begin);
            return;
        }
        flush_prose();
        Piece piece{begin, Piece::Kind::block, std::string(name), "", {}};
        if (!read_fields("```", piece.fields)) {
            complain(begin, "the block that begins here has no closing ```");
        }
        document_.pieces.push_back(std::move(piece));
    }

    void read_quoted(std::string_view name, int begin) {
        add_prose("```" + std::string(name));
        while (at_ < text_.size()) {
            const std::string_view line = take();
            add_prose(line);
            if (line == "```") {
                return;
            }
        }
        complain(begin, "the block that begins here has no closing ```");
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int line_ = 0;
    std::string prose_;
    int prose_line_ = 0;
    Document document_;
};

}  // namespace

std::string to_text(const std::string& file, const Mistake& mistake) {
    return file + ":" + std::to_string(mistake.line) + ": " + mistake.what;
}

Document read_document(std::string_view text) { return DocumentReader(text).read(); }

}  // namespace cutaway::lesson
