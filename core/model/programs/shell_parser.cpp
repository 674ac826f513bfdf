// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "core/model/programs/shell_ast.h"
#include "core/model/programs/shell_lexer.h"

namespace cutaway::model::programs {

namespace {

constexpr int deepest = 100;  // nesting that it reads; a hostile script must not overflow the stack

bool is_name(std::string_view text) {
    if (text.empty() || (text[0] >= '0' && text[0] <= '9')) {
        return false;
    }
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
}

bool is_assignment(std::string_view word) {
    const std::size_t at = word.find('=');
    return at != std::string_view::npos && is_name(word.substr(0, at));
}

std::string unquoted(std::string_view word, bool& quoted) {
    std::string made;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (word[i] == '\'' || word[i] == '"') {
            quoted = true;
        } else if (word[i] == '\\' && i + 1 < word.size()) {
            quoted = true;
            made += word[++i];
        } else {
            made += word[i];
        }
    }
    return made;
}

class Parser {
public:
    Parser(std::string_view text, bool is_bash) : lexer_(text, is_bash), is_bash_(is_bash) {}

    Parsed parse() {
        skip_newlines();
        Parsed parsed;
        if (lexer_.peek().what != Token::What::end) {
            parsed.script.root = list(false);
            const Token last = failed_ ? Token{} : lexer_.take();
            if (!failed_ && last.what != Token::What::newline && last.what != Token::What::end) {
                unexpected(last);
            }
        }
        if (lexer_.unfinished() || incomplete_) {
            parsed.what = Parsed::What::incomplete;
        } else if (failed_) {
            parsed.what = Parsed::What::bad;
        }
        for (Lexer::HereText& here : lexer_.here_texts) {
            nodes_[static_cast<std::size_t>(here.node)].redirects[here.redirect].word = std::move(here.text);
        }
        parsed.error = error_;
        parsed.token = token_;
        parsed.line = error_line_;
        parsed.used = lexer_.consumed();
        parsed.lines = lexer_.line() - 1;
        parsed.script.nodes = std::move(nodes_);
        return parsed;
    }

private:
    int make(NodeKind kind) {
        Node node;
        node.kind = kind;
        node.line = lexer_.peek().line;
        nodes_.push_back(std::move(node));
        return static_cast<int>(nodes_.size()) - 1;
    }
    Node& at(int node) { return nodes_[static_cast<std::size_t>(node)]; }

    void unexpected(const Token& token) {
        if (failed_) {
            return;
        }
        failed_ = true;
        incomplete_ = token.what == Token::What::end;
        token_ = incomplete_ ? "end of file" : token.text;
        error_ = token.what == Token::What::word || token.what == Token::What::operation
                     ? "\"" + token.text + "\" unexpected"
                     : (incomplete_ ? "end of file unexpected" : "newline unexpected");
        error_line_ = token.line;
    }

    // Of bash, and not of this one.
    bool refuse(const std::string& what) {
        if (is_bash_ && !failed_) {
            failed_ = true;
            error_ = what + ": not modelled";
            error_line_ = lexer_.peek().line;
        }
        return is_bash_;
    }

    void skip_newlines() {
        while (lexer_.peek().what == Token::What::newline) {
            (void)lexer_.take();
        }
    }
    bool is(std::string_view text) {
        const Token& token = lexer_.peek();
        return (token.what == Token::What::word || token.what == Token::What::operation) && token.text == text;
    }
    bool take_if(std::string_view text) {
        if (!is(text)) {
            return false;
        }
        (void)lexer_.take();
        return true;
    }
    void expect(std::string_view text) {
        if (!failed_ && !take_if(text)) {
            unexpected(lexer_.peek());
        }
    }
    bool ends_list() {
        static constexpr std::array<std::string_view, 10> closers{")",    "}",    "then", "fi",   "elif",
                                                                  "else", "done", "do",   "esac", ";;"};
        if (lexer_.peek().what == Token::What::end) {
            return true;
        }
        return std::any_of(closers.begin(), closers.end(), [&](std::string_view closer) { return is(closer); });
    }

    // Inside a compound command newlines separate; at the top a newline ends the list.
    int list(bool inside) {
        const int node = make(NodeKind::list);
        if (inside) {
            skip_newlines();
        }
        if (ends_list()) {
            unexpected(lexer_.peek());
        }
        while (!failed_) {
            const int child = and_or();
            at(node).children.push_back(child);
            at(node).ops += is("&") ? '&' : ';';
            const bool separated = take_if("&") || take_if(";");
            const bool line_ends = lexer_.peek().what == Token::What::newline;
            if (inside) {
                skip_newlines();
            } else if (line_ends) {
                break;
            }
            if ((!separated && !(inside && line_ends)) || ends_list()) {
                break;
            }
        }
        return node;
    }

    int and_or() {
        const int first = pipeline();
        if (!is("&&") && !is("||")) {
            return first;
        }
        const int node = make(NodeKind::and_or);
        at(node).children.push_back(first);
        while (!failed_ && (is("&&") || is("||"))) {
            at(node).ops += lexer_.take().text[0];
            skip_newlines();
            const int next = pipeline();
            at(node).children.push_back(next);
        }
        return node;
    }

    int pipeline() {
        bool negated = false;
        while (take_if("!")) {
            negated = !negated;
        }
        const int first = command();
        if (!negated && !is("|")) {
            return first;
        }
        const int node = make(NodeKind::pipeline);
        at(node).flag = negated;
        at(node).children.push_back(first);
        while (!failed_ && take_if("|")) {
            if (is("&") && refuse("|&")) {
                break;
            }
            skip_newlines();
            const int next = command();
            at(node).children.push_back(next);
        }
        return node;
    }

    int command() {
        if (++depth_ > deepest) {
            unexpected(lexer_.peek());
            --depth_;
            return 0;
        }
        const std::size_t from = lexer_.position();
        const int node = compound_or_simple();
        const std::size_t to = lexer_.position();
        if (node >= 0 && !nodes_.empty()) {
            std::string_view source = lexer_.text().substr(from, to - from);
            source = source.substr(0, source.find_last_not_of(" \t\n") + 1);
            at(node).source = std::string(source.substr(0, source.find('\n')));
        }
        --depth_;
        return node;
    }

    int compound_or_simple() {
        const Token& token = lexer_.peek();
        if (token.what == Token::What::end || token.what == Token::What::newline) {
            unexpected(token);
            return 0;
        }
        int node = -1;
        if (const auto arithmetic = is_bash_ ? lexer_.take_arithmetic() : std::nullopt) {
            node = make(NodeKind::simple);
            at(node).words = {"let", "\"" + *arithmetic + "\""};
        } else if (is_bash_ && take_if("function")) {
            node = make(NodeKind::simple);
            const std::string name = lexer_.take().text;
            if (take_if("(")) {
                expect(")");
            }
            return function_body(node, name);
        } else if (is("{") || is("(")) {
            node = braces();
        } else if (is("if")) {
            (void)lexer_.take();
            node = if_clause();
        } else if (is("while") || is("until")) {
            node = loop();
        } else if (is("for")) {
            node = for_clause();
        } else if (is("case")) {
            node = case_clause();
        } else {
            return simple();
        }
        redirects(node);
        return node;
    }

    int braces() {
        const bool subshell = lexer_.take().text == "(";
        const int node = make(subshell ? NodeKind::subshell : NodeKind::group);
        const int body = list(true);
        at(node).children.push_back(body);
        expect(subshell ? ")" : "}");
        return node;
    }

    int if_clause() {
        const int node = make(NodeKind::if_clause);
        do {
            const int condition = list(true);
            expect("then");
            const int body = failed_ ? 0 : list(true);
            at(node).children.push_back(condition);
            at(node).children.push_back(body);
        } while (!failed_ && take_if("elif"));
        if (!failed_ && take_if("else")) {
            const int otherwise = list(true);
            at(node).children.push_back(otherwise);
        }
        expect("fi");
        return node;
    }

    int loop() {
        const int node = make(NodeKind::loop);
        at(node).flag = lexer_.take().text == "until";
        const int condition = list(true);
        expect("do");
        const int body = failed_ ? 0 : list(true);
        expect("done");
        at(node).children = {condition, body};
        return node;
    }

    int for_clause() {
        (void)lexer_.take();
        const int node = make(NodeKind::for_clause);
        if (is("(") && refuse("for ((")) {
            return node;
        }
        const Token name = lexer_.take();
        if (!is_name(name.text)) {
            unexpected(name);
        }
        at(node).name = name.text;
        skip_newlines();
        if (take_if("in")) {
            at(node).flag = true;
            while (lexer_.peek().what == Token::What::word) {
                at(node).words.push_back(lexer_.take().text);
            }
        }
        (void)take_if(";");
        skip_newlines();
        expect("do");
        const int body = failed_ ? 0 : list(true);
        expect("done");
        at(node).children = {body};
        return node;
    }

    int case_clause() {
        (void)lexer_.take();
        const int node = make(NodeKind::case_clause);
        at(node).words.push_back(lexer_.take().text);
        skip_newlines();
        expect("in");
        skip_newlines();
        while (!failed_ && !is("esac")) {
            CaseItem item;
            (void)take_if("(");
            do {
                if (lexer_.peek().what != Token::What::word) {
                    unexpected(lexer_.peek());
                    return node;
                }
                item.patterns.push_back(lexer_.take().text);
            } while (take_if("|"));
            expect(")");
            skip_newlines();
            if (!failed_ && !is(";;") && !is("esac")) {
                item.body = list(true);
            }
            at(node).cases.push_back(std::move(item));
            if (!take_if(";;")) {
                break;
            }
            skip_newlines();
        }
        expect("esac");
        return node;
    }

    bool redirect(int node) {
        int fd = -1;
        if (lexer_.peek().what == Token::What::io_number) {
            const std::string digits = lexer_.take().text;
            fd = digits[0] - '0';
            for (const char digit : digits.substr(1)) {
                fd = fd * 10 + (digit - '0');
            }
        } else if (lexer_.peek().what != Token::What::operation) {
            return false;
        }
        struct Known {
            std::string_view text;
            RedirectKind kind;
        };
        static constexpr std::array<Known, 12> known{{{"<", RedirectKind::in},
                                                      {">", RedirectKind::out},
                                                      {">|", RedirectKind::out},
                                                      {">>", RedirectKind::append},
                                                      {"<>", RedirectKind::read_write},
                                                      {"<&", RedirectKind::dup_in},
                                                      {">&", RedirectKind::dup_out},
                                                      {"&>", RedirectKind::both},
                                                      {"&>>", RedirectKind::both},
                                                      {"<<<", RedirectKind::here_string},
                                                      {"<<", RedirectKind::here},
                                                      {"<<-", RedirectKind::here}}};
        for (const Known& one : known) {
            if (is(one.text)) {
                if (one.text.size() == 1 && lexer_.is_next('(') && refuse(std::string(one.text) + "(")) {
                    return true;
                }
                const std::string operation = lexer_.take().text;
                add_redirect(node, one.kind, fd, operation);
                return true;
            }
        }
        return false;
    }

    void add_redirect(int node, RedirectKind kind, int fd, const std::string& operation) {
        const Token target = lexer_.take();
        if (target.what != Token::What::word) {
            unexpected(target);
            return;
        }
        const bool input = kind == RedirectKind::in || kind == RedirectKind::read_write ||
                           kind == RedirectKind::dup_in || kind == RedirectKind::here ||
                           kind == RedirectKind::here_string;
        Redirect made;
        made.kind = kind;
        made.fd = fd >= 0 ? fd : (input ? 0 : 1);
        made.word = target.text;
        if (kind == RedirectKind::here) {
            const std::string end = unquoted(target.text, made.quoted);
            lexer_.expect_here_document({end, operation == "<<-", node, at(node).redirects.size()});
            made.word.clear();
        }
        made.quoted = made.quoted || operation == "&>>";
        at(node).redirects.push_back(std::move(made));
    }

    void redirects(int node) {
        while (!failed_ && redirect(node)) {
        }
    }

    int simple() {
        const int node = make(NodeKind::simple);
        for (;;) {
            if (failed_ || redirect(node)) {
                if (failed_) {
                    return node;
                }
                continue;
            }
            if (lexer_.peek().what != Token::What::word) {
                break;
            }
            const Token word = lexer_.take();
            static constexpr std::array<std::string_view, 9> reserved{"then", "fi",   "elif", "else", "done",
                                                                      "do",   "esac", "}",    "in"};
            const bool first = at(node).words.empty() && at(node).assignments.empty() && at(node).redirects.empty();
            if (first && word.text != "in" &&
                std::find(reserved.begin(), reserved.end(), word.text) != reserved.end()) {
                unexpected(word);
                return node;
            }
            const std::size_t bracket = word.text.find('[');
            const bool is_list = word.text.ends_with("=") && is_assignment(word.text) && is("(");
            const bool is_element = bracket != std::string::npos && is_name(word.text.substr(0, bracket)) &&
                                    word.text.find("]=", bracket) != std::string::npos;
            if (at(node).words.empty() && (is_list || is_element) && refuse(word.text + (is_list ? "(" : ""))) {
                return node;
            }
            if (at(node).words.empty() && is_assignment(word.text)) {
                at(node).assignments.push_back(word.text);
                continue;
            }
            if (first && is("(") && is_name(word.text)) {
                return function(node, word.text);
            }
            at(node).words.push_back(word.text);
        }
        if (at(node).words.empty() && at(node).assignments.empty() && at(node).redirects.empty()) {
            unexpected(lexer_.peek());
        }
        return node;
    }

    int function(int node, const std::string& name) {
        (void)lexer_.take();
        expect(")");
        return function_body(node, name);
    }

    int function_body(int node, const std::string& name) {
        skip_newlines();
        at(node).kind = NodeKind::function;
        at(node).name = name;
        const int body = failed_ ? 0 : command();
        at(node).children = {body};
        return node;
    }

    Lexer lexer_;
    bool is_bash_;
    std::vector<Node> nodes_;
    int depth_ = 0;
    bool failed_ = false;
    bool incomplete_ = false;
    std::string error_;
    std::string token_;
    int error_line_ = 1;
};

}  // namespace

Parsed parse_command(std::string_view text, bool is_bash) { return Parser(text, is_bash).parse(); }

}  // namespace cutaway::model::programs
