// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs/psql_text.h"

#include <algorithm>
#include <cctype>

#include "core/model/programs/text.h"

namespace cutaway::model::pg {

namespace {

using programs::replace_all;
using programs::split;

// Columns that a terminal needs for a text: one a character.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string blanks(std::size_t count) { return std::string(count, ' '); }

std::string centred(const std::string& text, std::size_t width) {
    const std::size_t free = width - std::min(width, width_of(text));
    return blanks(free / 2) + text + blanks(free - free / 2);
}

std::string row_count(std::size_t rows) { return "(" + std::to_string(rows) + (rows == 1 ? " row)" : " rows)") + "\n"; }

std::string footer_of(const Shown& shown) { return shown.footer.value_or(row_count(shown.rows.size())); }

std::string plain_text(const Shown& shown, const Look& look) {
    std::string text;
    const auto add = [&](const auto& cells) {
        bool first = true;
        for (const auto& cell : cells) {
            text += (first ? "" : look.separator) + cell;
            first = false;
        }
        text += "\n";
    };
    if (!look.tuples_only) {
        text += shown.title.empty() ? "" : shown.title + "\n";
        add(shown.names);
    }
    for (const auto& row : shown.rows) {
        std::vector<std::string> cells;
        for (const auto& cell : row) {
            cells.push_back(cell.value_or(""));
        }
        add(cells);
    }
    return look.tuples_only ? text : text + footer_of(shown);
}

// A row may have cells of several lines; a + stands where one goes on.
std::string row_text(const Shown& shown, const std::vector<std::size_t>& widths,
                     const std::vector<std::optional<std::string>>& row) {
    std::vector<std::vector<std::string>> cells;
    std::size_t height = 1;
    for (const auto& cell : row) {
        cells.push_back(split(cell.value_or(""), '\n'));
        height = std::max(height, cells.back().size());
    }
    std::string text;
    for (std::size_t line = 0; line < height; ++line) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const std::string part = line < cells[i].size() ? cells[i][line] : "";
            const bool goes_on = line + 1 < cells[i].size();
            const bool last = i + 1 == cells.size();
            const std::string free = blanks(widths[i] - std::min(widths[i], width_of(part)));
            text += " " + (shown.right[i] ? free + part : part + (last && !goes_on ? "" : free));
            text += goes_on ? "+" : (last ? "" : " ");
            text += last ? "\n" : "|";
        }
    }
    return text;
}

std::string aligned_text(const Shown& shown, const Look& look) {
    std::vector<std::size_t> widths;
    for (const std::string& name : shown.names) {
        widths.push_back(width_of(name));
    }
    for (const auto& row : shown.rows) {
        for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
            for (const std::string& line : split(row[i].value_or(""), '\n')) {
                widths[i] = std::max(widths[i], width_of(line));
            }
        }
    }
    std::string head;
    std::string rule;
    for (std::size_t i = 0; i < widths.size(); ++i) {
        head += (i == 0 ? " " : "| ") + centred(shown.names[i], widths[i]) + " ";
        rule += (i == 0 ? "" : "+") + std::string(widths[i] + 2, '-');
    }
    std::string text;
    if (!look.tuples_only) {
        const std::size_t whole = rule.size();
        const std::size_t indent = whole > width_of(shown.title) ? (whole - width_of(shown.title)) / 2 : 0;
        text += shown.title.empty() ? "" : blanks(indent) + shown.title + "\n";
        text += head + "\n" + rule + "\n";
    }
    for (const auto& row : shown.rows) {
        text += row_text(shown, widths, row);
    }
    return text + (look.tuples_only ? "" : footer_of(shown)) + "\n";
}

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// How much of `source` a line is, with its end; 0: its end has not come.
std::size_t line_size(std::string_view source, bool over) {
    const std::size_t end = source.find('\n');
    return end == std::string_view::npos ? (over ? source.size() : 0) : end + 1;
}

// Walks one line; where a statement ends in it, or a backslash command begins.
struct Walked {
    std::size_t at = 0;
    enum class What { whole_line, statement, command } what = What::whole_line;
};
Walked walk(std::string_view line, Typed& typed) {
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        const std::string_view rest = line.substr(i);
        if (typed.quote == '*') {
            typed.quote = rest.starts_with("*/") ? '\0' : '*';
        } else if (typed.quote != 0) {
            typed.quote = c == typed.quote ? '\0' : typed.quote;
        } else if (c == '\'' || c == '"') {
            typed.quote = c;
        } else if (rest.starts_with("/*")) {
            typed.quote = '*';
        } else if (rest.starts_with("--")) {
            break;
        } else if (c == '(' || c == ')') {
            typed.depth += c == '(' ? 1 : (typed.depth > 0 ? -1 : 0);
        } else if (c == ';' && typed.depth == 0) {
            return {i + 1, Walked::What::statement};
        } else if (c == '\\') {
            return {i, Walked::What::command};
        }
    }
    return {line.size(), Walked::What::whole_line};
}

bool only_blanks(std::string_view text) { return programs::trim(text).empty(); }

}  // namespace

std::string table_text(const Shown& shown, const Look& look) {
    return look.aligned ? aligned_text(shown, look) : plain_text(shown, look);
}

std::string problem_text(const Message& message, const std::string& query) {
    std::string text = message.field(0) + ":  " + message.field(message.kind == 'N' ? 1 : 2) + "\n";
    const auto place = programs::to_number(message.field(3)).value_or(0);
    if (place > 0 && static_cast<std::size_t>(place) <= query.size() + 1) {
        const auto at = static_cast<std::size_t>(place) - 1;
        const std::string before = query.substr(0, at);
        const auto number = std::count(before.begin(), before.end(), '\n') + 1;
        const std::size_t from = at == 0 ? 0 : before.rfind('\n') + 1;
        const std::string line = query.substr(from, query.find('\n', from) - from);
        const std::string head = "LINE " + std::to_string(number) + ": ";
        text += head + replace_all(line, "\t", " ") + "\n";
        text += blanks(head.size() + width_of(query.substr(from, at - from))) + "^\n";
    }
    text += message.field(4).empty() ? "" : "DETAIL:  " + message.field(4) + "\n";
    text += message.field(5).empty() ? "" : "HINT:  " + message.field(5) + "\n";
    return text;
}

std::optional<std::string> next_typed(std::string& source, Typed& typed, bool over) {
    while (true) {
        const std::size_t size = line_size(source, over);
        if (size == 0) {
            break;
        }
        const bool ended = source[size - 1] == '\n';
        const std::string line = source.substr(0, size);
        if (only_blanks(line) && only_blanks(typed.waiting) && typed.quote == 0) {
            source.erase(0, size);
            typed.line += ended ? 1 : 0;
            continue;
        }
        const Walked walked = walk(line, typed);
        if (walked.what == Walked::What::command && only_blanks(typed.waiting + line.substr(0, walked.at))) {
            source.erase(0, size);
            typed.line += ended ? 1 : 0;
            typed.waiting.clear();
            return std::string(programs::trim(line.substr(walked.at)));
        }
        typed.line += ended && walked.at == size ? 1 : 0;
        typed.waiting += line.substr(0, walked.what == Walked::What::command ? size : walked.at);
        source.erase(0, walked.what == Walked::What::command ? size : walked.at);
        if (walked.what == Walked::What::statement) {
            std::string statement(programs::trim(typed.waiting));
            typed.waiting.clear();
            return statement;
        }
    }
    if (over && !only_blanks(typed.waiting)) {
        std::string statement(programs::trim(typed.waiting));
        typed = Typed{"", 0, 0, typed.line};
        return statement;
    }
    return std::nullopt;
}

std::string with_variables(const std::string& text, const std::map<std::string, std::string>& variables) {
    std::string made;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote != 0 || c == '\'' || c == '"') {
            quote = quote == 0 ? c : (c == quote ? '\0' : quote);
            made.push_back(c);
            continue;
        }
        const bool doubled = c == ':' && (text.substr(i).starts_with("::") || (i > 0 && text[i - 1] == ':'));
        std::size_t from = i + 1;
        const char mark = from < text.size() && (text[from] == '\'' || text[from] == '"') ? text[from] : '\0';
        from += mark != 0 ? 1 : 0;
        std::size_t end = from;
        while (end < text.size() && is_name(text[end])) {
            ++end;
        }
        const auto found = variables.find(text.substr(from, end - from));
        if (c != ':' || doubled || end == from || found == variables.end()) {
            made.push_back(c);
            continue;
        }
        const std::string marks = mark != 0 ? std::string(1, mark) : "";
        made += marks + (mark != 0 ? replace_all(found->second, marks, marks + marks) : found->second) + marks;
        i = end - 1 + (mark != 0 ? 1 : 0);
    }
    return made;
}

}  // namespace cutaway::model::pg
