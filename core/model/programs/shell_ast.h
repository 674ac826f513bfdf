// SPDX-License-Identifier: Apache-2.0
// A shell script as a tree (POSIX.1-2017, Shell Command Language 2.9 and 2.10). Words stay as written, quotes and
// all: expanding them is the interpreter's. Nodes are numbered in the order of parsing, so that parsing the same text
// again gives the same numbers: frames of a saved shell name nodes by number.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cutaway::model::programs {

enum class RedirectKind { in, out, append, read_write, dup_in, dup_out, both, here, here_string };

struct Redirect {
    RedirectKind kind = RedirectKind::out;
    int fd = -1;          // as written, else the kind's own
    std::string word;     // target; of a here-document its text
    bool quoted = false;  // a here-document that is not expanded
};

struct CaseItem {
    std::vector<std::string> patterns;
    int body = -1;  // -1: nothing to do
};

enum class NodeKind {
    list,
    and_or,
    pipeline,
    simple,
    group,
    subshell,
    if_clause,
    loop,
    for_clause,
    case_clause,
    function
};

struct Node {
    NodeKind kind = NodeKind::simple;
    int line = 1;
    std::vector<int> children;
    std::string ops;                 // list: ';' or '&' behind each child; and_or: '&' or '|' before each but the first
    std::vector<std::string> words;  // simple: the words; for: its items; case: the subject
    std::vector<std::string> assignments;
    std::vector<Redirect> redirects;
    std::vector<CaseItem> cases;
    std::string name;    // of a function or of for's variable
    bool flag = false;   // pipeline: '!'; loop: until; for: has "in"
    std::string source;  // as written
};

struct Script {
    std::vector<Node> nodes;
    int root = -1;  // -1: nothing but blanks and comments
};

struct Parsed {
    enum class What { complete, incomplete, bad } what = What::complete;
    Script script;
    std::size_t used = 0;  // bytes of the text, the newline too
    int lines = 0;         // newlines in them
    std::string error;     // "unexpected \"fi\""
    std::string token;     // that was not expected
    int line = 1;          // where
};

// The next complete command of `text`: up to the end of a line that ends one. What bash alone knows, only it reads; what of
// that is not modelled is an error that says so.
Parsed parse_command(std::string_view text, bool is_bash);

// The end of the word that starts at `at` (quotes, $( ), ${ } and backticks inside); npos: it does not end.
std::size_t skip_word_part(std::string_view text, std::size_t at);

}  // namespace cutaway::model::programs
