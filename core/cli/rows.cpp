// SPDX-License-Identifier: Apache-2.0
#include "core/cli/rows.h"

#include <map>

#include <nlohmann/json.hpp>

#include "core/cli/go_template.h"
#include "core/cli/text.h"

namespace cutaway::cli {

namespace {

using Json = nlohmann::ordered_json;

// Shells pass \t and \n on as two characters; docker reads them as one.
std::string unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char next = i + 1 < text.size() ? text[i + 1] : '\0';
        const bool escape = text[i] == '\\' && (next == 't' || next == 'n');
        plain.push_back(!escape ? text[i] : next == 't' ? '\t' : '\n');
        i += escape ? 1 : 0;
    }
    return plain;
}

std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells(1);
    for (const char c : line) {
        if (c == '\t') {
            cells.emplace_back();
        } else {
            cells.back().push_back(c);
        }
    }
    return cells;
}

std::string json_lines(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows) {
    std::string text;
    for (const auto& row : rows) {
        std::map<std::string, std::string> sorted;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            sorted.emplace(columns[i].field, row[i]);
        }
        text += Json(sorted).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    }
    return text;
}

}  // namespace

// docker's lists tell of a template's mistakes in other words than inspect.
Error of_list(Error error) {
    constexpr std::string_view parsing = "template parsing error: ";
    error.doing = error.doing.starts_with(parsing) ? "failed to parse template: " + error.doing.substr(parsing.size())
                                                   : "failed to execute template: " + error.doing;
    return error;
}

Result<std::string> formatted(std::string_view format, const std::vector<Column>& columns,
                              const std::vector<std::vector<std::string>>& rows) {
    if (format == "json") {
        return json_lines(columns, rows);
    }
    constexpr std::string_view table_word = "table ";
    const bool tabled = format.starts_with(table_word);
    const std::string pattern = unescaped(tabled ? format.substr(table_word.size()) : format);
    std::vector<std::vector<std::string>> lines;
    std::string text;
    const auto add = [&](const Json& data) -> Status {
        const Result<std::string> made = render(pattern, data);
        if (!made) {
            return of_list(made.error());
        }
        const std::string& line = *made;
        lines.push_back(cells_of(line));
        text += line + "\n";
        return {};
    };
    if (tabled) {
        Json titles = Json::object();
        for (const Column& column : columns) {
            titles[std::string(column.field)] = column.title;
        }
        TRY(add(titles));
    }
    for (const auto& row : rows) {
        Json data = Json::object();
        for (std::size_t i = 0; i < columns.size(); ++i) {
            data[std::string(columns[i].field)] = row[i];
        }
        TRY(add(data));
    }
    return tabled ? table(lines) : text;
}

}  // namespace cutaway::cli
