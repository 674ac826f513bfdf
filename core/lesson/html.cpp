// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/html.h"

#include <algorithm>

namespace cutaway::lesson {

namespace {

std::size_t mark_length(std::string_view line) {  // "- ", "1. "; 0: neither
    if (line.starts_with("- ") || line.starts_with("* ")) {
        return 2;
    }
    const std::size_t dot = line.find(". ");
    const bool number = dot != std::string_view::npos && dot > 0 && dot < 3 &&
                        line.substr(0, dot).find_first_not_of("0123456789") == std::string_view::npos;
    return number ? dot + 2 : 0;
}

struct Mark {
    std::string_view open;
    std::string_view close;
    std::string_view before;
    std::string_view after;
    bool keeps;  // what stands between
};

constexpr Mark marks[] = {{"`", "`", "<code>", "</code>", true},
                          {"**", "**", "<strong>", "</strong>", true},
                          {"{{", "}}", "<span class=\"blank\"></span>", "", false}};

class Writer {
public:
    void read(std::string_view line) {
        if (line.starts_with("```")) {
            close();
            quoted_ = !quoted_;
        } else if (quoted_ || line.starts_with("|")) {
            open("pre");
            text_ += html_escaped(line) + "\n";
        } else if (line.empty()) {
            close();
        } else if (const std::size_t length = mark_length(line); length > 0) {
            flush();
            open(line[0] == '-' || line[0] == '*' ? "ul" : "ol");
            text_ = line.substr(length);
        } else {
            open(element_ == "ul" || element_ == "ol" ? element_ : "p");
            line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
            text_ += (text_.empty() ? "" : " ") + std::string(line);
        }
    }

    std::string finish() {
        close();
        return std::move(out_);
    }

private:
    void flush() {
        if (!text_.empty()) {
            const bool item = element_ == "ul" || element_ == "ol";
            out_ += element_ == "pre" ? text_ : (item ? "<li>" : "") + html_line(text_) + (item ? "</li>\n" : "");
        }
        text_.clear();
    }

    void close() {
        flush();
        out_ += element_.empty() ? "" : "</" + element_ + ">\n";
        element_.clear();
    }

    void open(const std::string& element) {
        if (element_ != element) {
            close();
            element_ = element;
            out_ += "<" + element + ">";
        }
    }

    std::string out_;
    std::string element_;
    std::string text_;
    bool quoted_ = false;
};

}  // namespace

std::string html_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: {
                const auto byte = static_cast<unsigned char>(c);
                const bool control = (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
                out += control ? "\xEF\xBF\xBD" : std::string(1, c);
            }
        }
    }
    return out;
}

std::string html_line(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto opens = [&](const Mark& mark) {
            return text.substr(at).starts_with(mark.open) &&
                   text.find(mark.close, at + mark.open.size()) != std::string_view::npos;
        };
        const auto* mark = std::find_if(std::begin(marks), std::end(marks), opens);
        if (mark == std::end(marks)) {
            out += html_escaped(text.substr(at, 1));
            ++at;
            continue;
        }
        const std::size_t begin = at + mark->open.size();
        const std::size_t end = text.find(mark->close, begin);
        out += std::string(mark->before) + (mark->keeps ? html_escaped(text.substr(begin, end - begin)) : "") +
               std::string(mark->after);
        at = end + mark->close.size();
    }
    return out;
}

std::string html_of(std::string_view markdown) {
    Writer writer;
    for (std::size_t at = 0; at < markdown.size();) {
        const std::size_t end = std::min(markdown.find('\n', at), markdown.size());
        writer.read(markdown.substr(at, end - at));
        at = end + 1;
    }
    return writer.finish();
}

}  // namespace cutaway::lesson
