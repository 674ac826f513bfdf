// SPDX-License-Identifier: Apache-2.0
// The claims of the curriculum, and what proves each: a check of a lesson, or a session of this directory. The table of
// docs/claims.md says so; CUTAWAY_BLESS=1 writes it anew. A claim that nothing proves has to say why.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/golden/session_file.h"

namespace cutaway::golden {
namespace {

namespace fs = std::filesystem;
constexpr int last_claim = 128;
constexpr const char* table_path = "docs/claims.md";

using Proofs = std::map<int, std::set<std::string>>;

// The claims of a lesson's checks. Cards and explanations only tell.
void add_lesson(const fs::path& path, Proofs& proofs) {
    std::ifstream in(path / "lesson.md");
    const std::string name = path.filename().string().substr(0, 3);
    bool checks = false;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("```")) {
            checks = line == "```check";
        }
        if (!checks || !line.starts_with("claims: ")) {
            continue;
        }
        std::istringstream numbers(line.substr(8));
        for (std::string word; std::getline(numbers, word, ',');) {
            proofs[std::stoi(word)].insert(name);
        }
    }
}

Proofs all_proofs() {
    Proofs proofs;
    for (const auto& entry : fs::directory_iterator("lessons")) {
        if (entry.is_directory()) {
            add_lesson(entry.path(), proofs);
        }
    }
    for (const auto& entry : fs::directory_iterator("tests/golden/sessions")) {
        for (const int claim : read_session(entry.path().string()).claims) {
            proofs[claim].insert(entry.path().stem().string());
        }
    }
    return proofs;
}

struct Row {
    std::string claim;
    std::string proofs;
    std::string why_not;
};

std::string trimmed(const std::string& text) {
    const std::size_t from = text.find_first_not_of(' ');
    return from == std::string::npos ? "" : text.substr(from, text.find_last_not_of(' ') + 1 - from);
}

// "| 12 | claim | proofs | why not |"
std::map<int, Row> read_table(std::string& before) {
    std::ifstream in(table_path);
    std::map<int, Row> rows;
    for (std::string line; std::getline(in, line);) {
        std::vector<std::string> cells;
        std::istringstream parts(line);
        for (std::string cell; std::getline(parts, cell, '|');) {
            cells.push_back(trimmed(cell));
        }
        const bool row =
            cells.size() >= 4 && !cells[1].empty() && cells[1].find_first_not_of("0123456789") == std::string::npos;
        if (row) {
            rows[std::stoi(cells[1])] = {cells[2], cells[3], cells.size() > 4 ? cells[4] : ""};
        } else if (rows.empty()) {
            before += line + "\n";
        }
    }
    return rows;
}

std::string joined(const std::set<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
        text += (text.empty() ? "" : ", ") + name;
    }
    return text;
}

TEST(Claims, each_is_proved_by_what_the_table_names_or_says_why_nothing_can) {
    const Proofs proofs = all_proofs();
    std::string text;
    std::map<int, Row> rows = read_table(text);
    const bool bless = std::getenv("CUTAWAY_BLESS") != nullptr;
    for (int claim = 1; claim <= last_claim; ++claim) {
        Row& row = rows[claim];
        const auto found = proofs.find(claim);
        const std::string now = found == proofs.end() ? "" : joined(found->second);
        row.proofs = bless ? now : row.proofs;
        EXPECT_EQ(row.proofs, now) << "claim " << claim << ": CUTAWAY_BLESS=1 writes the table anew";
        EXPECT_GT(row.claim.size(), 10U) << "claim " << claim << " is not in the table";
        EXPECT_EQ(row.proofs.empty(), row.why_not.size() > 10)
            << "claim " << claim << (row.proofs.empty() ? " has no proof and no reason" : " is proved, yet excused");
        text += "| " + std::to_string(claim) + " | " + row.claim + " | " + row.proofs + " | " + row.why_not + " |\n";
    }
    EXPECT_EQ(rows.size(), static_cast<std::size_t>(last_claim)) << "the table has rows that are no claims";
    if (bless) {
        std::ofstream(table_path) << text;
    }
}

}  // namespace
}  // namespace cutaway::golden
