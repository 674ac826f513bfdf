// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "core/host/lab/shell.h"

namespace cutaway::lab {

namespace {

bool in_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool ends_word(char c) { return std::string(" \t\n;&|<>#()").find(c) != std::string::npos; }

class Parser {
public:
    Parser(const std::string& text, Script& script) : text_(text), script_(script) {}

    std::string parse() {
        while (trouble_.empty() && skip_to_command()) {
            Link link;
            do {
                link.pipeline.push_back(command());
            } while (trouble_.empty() && take("|", "||"));
            end_of(link);
            script_.push_back(link);
        }
        return trouble_;
    }

private:
    [[nodiscard]] char now() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    bool take(const std::string& sign, const std::string& but = "") {
        const bool other = !but.empty() && text_.compare(at_, but.size(), but) == 0;
        if (other || text_.compare(at_, sign.size(), sign) != 0) {
            return false;
        }
        at_ += sign.size();
        return true;
    }

    void skip_spaces() {
        while (now() == ' ' || now() == '\t' || (now() == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n')) {
            at_ += now() == '\\' ? 2 : 1;
        }
        while (now() == '#' && at_ < text_.size() && text_[at_] != '\n') {
            at_ = std::min(text_.find('\n', at_), text_.size());
        }
    }

    bool skip_to_command() {
        skip_spaces();
        while (now() == '\n' || now() == ';') {
            ++at_;
            skip_spaces();
        }
        return at_ < text_.size();
    }

    void end_of(Link& link) {
        if (take("&&")) {
            link.next = Next::on_success;
        } else if (take("||")) {
            link.next = Next::on_failure;
        } else if (take("&")) {
            link.background = true;
        } else if (at_ < text_.size() && !take(";") && !take("\n")) {
            complain_of(std::string(1, now()));
        }
    }

    void complain_of(const std::string& what) {
        if (trouble_.empty()) {
            trouble_ = "\"" + what + "\" is not known to this small shell";
        }
    }

    Command command() {
        Command made;
        skip_spaces();
        while (trouble_.empty() && at_ < text_.size() && std::string(";&|\n").find(now()) == std::string::npos) {
            if (now() == '(' || now() == ')') {
                complain_of(std::string(1, now()));
            } else if (!redirection(made)) {
                add_word(made);
            }
            skip_spaces();
        }
        const bool empty = made.words.empty() && made.assignments.empty() && made.redirections.empty();
        if (empty && trouble_.empty()) {
            trouble_ = "a command is missing";
        }
        return made;
    }

    bool redirection(Command& made) {
        Redirection one;
        const std::size_t before = at_;
        if (now() == '2' && at_ + 1 < text_.size() && text_[at_ + 1] == '>') {
            one.descriptor = 2;
            ++at_;
        }
        if (take(">>")) {
            one.flags = O_WRONLY | O_CREAT | O_APPEND;
        } else if (take(">")) {
            one.flags = O_WRONLY | O_CREAT | O_TRUNC;
        } else if (take("<")) {
            one.descriptor = 0;
        } else {
            at_ = before;
            return false;
        }
        if (now() == '&' || now() == '<') {
            complain_of(text_.substr(before, at_ + 1 - before));
        }
        skip_spaces();
        one.place = word();
        made.redirections.push_back(one);
        return true;
    }

    void add_word(Command& made) {
        std::size_t end = at_;
        while (end < text_.size() && in_name(text_[end])) {
            ++end;
        }
        const bool name = end > at_ && std::isdigit(static_cast<unsigned char>(now())) == 0;
        if (made.words.empty() && name && end < text_.size() && text_[end] == '=') {
            Assignment one{text_.substr(at_, end - at_), {}};
            at_ = end + 1;
            one.value = word();
            made.assignments.push_back(one);
            return;
        }
        const Word whole = word();
        const bool plain = whole.size() == 1 && !whole[0].variable && !whole[0].quoted;
        for (const char* keyword : {"if", "for", "while", "until", "case", "function", "{", "trap", "!"}) {
            if (made.words.empty() && plain && whole[0].text == keyword) {
                complain_of(keyword);
            }
        }
        made.words.push_back(whole);
    }

    Word word() {
        Word made;
        while (trouble_.empty() && at_ < text_.size() && !ends_word(now())) {
            if (now() == '\'' || now() == '"') {
                quoted(made);
            } else if (now() == '$') {
                made.push_back(variable(false));
            } else if (now() == '`' || now() == '*' || now() == '?') {
                complain_of(std::string(1, now()));
            } else {
                at_ += now() == '\\' && at_ + 1 < text_.size() ? 1 : 0;
                if (made.empty() || made.back().variable || made.back().quoted) {
                    made.emplace_back();
                }
                made.back().text += text_[at_++];
            }
        }
        return made;
    }

    void quoted(Word& made) {
        const char mark = text_[at_++];
        made.push_back({"", false, true});
        while (trouble_.empty() && at_ < text_.size() && now() != mark) {
            if (mark == '"' && now() == '$') {
                made.push_back(variable(true));
                made.push_back({"", false, true});
                continue;
            }
            const bool escape = mark == '"' && now() == '\\' && at_ + 1 < text_.size() &&
                                std::string("\"\\$`").find(text_[at_ + 1]) != std::string::npos;
            at_ += escape ? 1 : 0;
            made.back().text += text_[at_++];
        }
        if (at_ >= text_.size() && trouble_.empty()) {
            trouble_ = std::string("the quotation mark ") + mark + " is not closed";
        }
        at_ = std::min(at_ + 1, text_.size());
    }

    Part variable(bool in_quotes) {
        Part part{"", true, in_quotes};
        ++at_;
        if (now() == '(') {
            complain_of("$(");
        } else if (now() == '?' || now() == '$') {
            part.text = text_[at_++];
        } else if (now() == '{') {
            const std::size_t end = text_.find('}', at_);
            part.text = end == std::string::npos ? "" : text_.substr(at_ + 1, end - at_ - 1);
            at_ = end == std::string::npos ? text_.size() : end + 1;
        } else {
            while (in_name(now())) {
                part.text += text_[at_++];
            }
        }
        for (const char c : part.text) {
            if (!in_name(c) && part.text != "?" && part.text != "$") {
                complain_of("${" + part.text + "}");
            }
        }
        if (part.text.empty()) {
            part = {"$", false, in_quotes};
        }
        return part;
    }

    const std::string& text_;
    Script& script_;
    std::size_t at_ = 0;
    std::string trouble_;
};

std::string value_of(const Part& part, int last_status) {
    if (!part.variable) {
        return part.text;
    }
    if (part.text == "?") {
        return std::to_string(last_status);
    }
    if (part.text == "$") {
        return std::to_string(::getpid());
    }
    const char* value = std::getenv(part.text.c_str());
    return value == nullptr ? "" : value;
}

}  // namespace

std::string parse(const std::string& text, Script& script) { return Parser(text, script).parse(); }

void expand(const Word& word, int last_status, Words& words) {
    std::string now;
    bool something = false;
    for (const Part& part : word) {
        const std::string value = value_of(part, last_status);
        something = something || part.quoted || !part.variable;
        for (const char c : value) {
            if (part.variable && !part.quoted && (c == ' ' || c == '\t' || c == '\n')) {
                if (!now.empty()) {
                    words.push_back(now);
                }
                now.clear();
            } else {
                now += c;
            }
        }
    }
    if (something || !now.empty()) {
        words.push_back(now);
    }
}

}  // namespace cutaway::lab
