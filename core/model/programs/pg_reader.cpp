// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs/pg_reader.h"

#include <algorithm>

namespace cutaway::model::pg {

namespace {

constexpr int deepest = 60;  // expressions within expressions

// Words that are no names: of SQL, whether or not this model knows what they do.
constexpr std::string_view reserved[] = {
    "all",    "and",        "any",     "array",      "as",        "asc",    "case",     "cast",    "check",   "collate",
    "column", "constraint", "create",  "cross",      "default",   "desc",   "distinct", "do",      "else",    "end",
    "except", "false",      "fetch",   "for",        "foreign",   "from",   "full",     "grant",   "group",   "having",
    "ilike",  "in",         "inner",   "intersect",  "into",      "is",     "isnull",   "join",    "lateral", "left",
    "like",   "limit",      "natural", "not",        "notnull",   "null",   "offset",   "on",      "only",    "or",
    "order",  "outer",      "primary", "references", "returning", "right",  "select",   "similar", "table",   "then",
    "to",     "true",       "union",   "unique",     "using",     "values", "when",     "where",   "window",  "with"};

constexpr std::string_view beyond[] = {"all",     "any",     "array",   "collate", "cross", "do",        "except",
                                       "fetch",   "for",     "foreign", "full",    "inner", "intersect", "join",
                                       "lateral", "natural", "on",      "only",    "outer", "over",      "references",
                                       "similar", "union",   "using",   "window",  "with",  "check",     "filter"};

Expression constant(Value value, std::size_t at) {
    Expression made;
    made.value = std::move(value);
    made.kind = made.value.kind;
    made.at = at;
    return made;
}

Value number_value(const std::string& text) {
    for (const Kind kind : {Kind::integer, Kind::bigint, Kind::numeric}) {
        if (const auto value = parse_value(text, kind)) {
            return *value;
        }
    }
    return parse_value(text, Kind::float8).value_or(Value());
}

}  // namespace

bool is_reserved(std::string_view word) {
    return std::find(std::begin(reserved), std::end(reserved), word) != std::end(reserved);
}

Token Reader::take() {
    Token token = now();
    next_ += token.kind == TokenKind::end ? 0 : 1;
    return token;
}

bool Reader::take_word(std::string_view word) {
    if (failed_ || !is_word(word)) {
        return false;
    }
    ++next_;
    return true;
}

bool Reader::take_symbol(std::string_view symbol) {
    if (failed_ || !is_symbol(symbol)) {
        return false;
    }
    ++next_;
    return true;
}

bool Reader::take_words(std::string_view first, std::string_view second) {
    if (failed_ || !is_word(first) || ahead(1).kind != TokenKind::word || ahead(1).text != second) {
        return false;
    }
    next_ += 2;
    return true;
}

void Reader::need_word(std::string_view word) {
    if (!take_word(word)) {
        unexpected();
    }
}

void Reader::need_symbol(std::string_view symbol) {
    if (!take_symbol(symbol)) {
        unexpected();
    }
}

std::string Reader::need_name() {
    const bool name = now().kind == TokenKind::quoted || (now().kind == TokenKind::word && !is_reserved(now().text));
    if (failed_ || !name) {
        unexpected();
        return {};
    }
    return take().text;
}

std::string Reader::need_string() {
    if (failed_ || now().kind != TokenKind::string) {
        unexpected();
        return {};
    }
    return take().text;
}

void Reader::complain(Problem problem) {
    if (!failed_) {
        failed_ = true;
        problem_ = std::move(problem);
    }
}

void Reader::refuse(std::string_view what, std::size_t at) {
    std::string upper(what);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    complain({"0A000", upper + ": not modelled", at, {}, {}});
}

void Reader::unexpected() {
    const Token& token = now();
    if (token.kind == TokenKind::end) {
        complain({"42601", "syntax error at end of input", token.at, {}, {}});
        return;
    }
    if (token.kind == TokenKind::word &&
        std::find(std::begin(beyond), std::end(beyond), token.text) != std::end(beyond)) {
        refuse(token.text, token.at);
        return;
    }
    const bool operation =
        token.kind == TokenKind::symbol && token.text.find_first_not_of("^~@#&|![?") == token.text.npos;
    if (operation && &token != tokens_.data()) {
        refuse("operator " + token.text, token.at);
        return;
    }
    complain({"42601", "syntax error at or near \"" + token.typed + "\"", token.at, {}, {}});
}

Expression Reader::operation(const Token& op, Expression one, Expression other) {
    Expression made;
    made.node = Node::binary;
    made.name = op.text == "!=" ? "<>" : op.text;
    made.at = op.at;
    made.parts.push_back(std::move(one));
    made.parts.push_back(std::move(other));
    return made;
}

Expression Reader::any_of() {
    if (++depth_ > deepest) {
        complain({"54001", "stack depth limit exceeded", 0, {}, {}});
    }
    Expression one = all_of();
    while (!failed_ && is_word("or")) {
        const Token op = take();
        one = operation(op, std::move(one), all_of());
    }
    --depth_;
    return one;
}

Expression Reader::all_of() {
    Expression one = negation();
    while (!failed_ && is_word("and")) {
        const Token op = take();
        one = operation(op, std::move(one), negation());
    }
    return one;
}

Expression Reader::negation() {
    if (failed_ || !is_word("not")) {
        return comparison();
    }
    Expression made;
    made.node = Node::unary;
    made.at = now().at;
    made.name = take().text;
    if (++depth_ > deepest) {
        complain({"54001", "stack depth limit exceeded", 0, {}, {}});
        return made;
    }
    made.parts.push_back(negation());
    --depth_;
    return made;
}

Expression Reader::comparison() {
    Expression one = sum();
    while (!failed_) {
        const bool compares = now().kind == TokenKind::symbol &&
                              (now().text == "=" || now().text == "<" || now().text == ">" || now().text == "<=" ||
                               now().text == ">=" || now().text == "<>" || now().text == "!=");
        if (compares) {
            const Token op = take();
            one = operation(op, std::move(one), sum());
            continue;
        }
        const bool tests = is_word("is") || is_word("in") || is_word("between") || is_word("like") ||
                           is_word("ilike") || (is_word("not") && ahead(1).kind == TokenKind::word);
        if (!tests) {
            return one;
        }
        one = tested(std::move(one));
    }
    return one;
}

// x IS [NOT] NULL|TRUE|FALSE, x [NOT] IN (…), BETWEEN a AND b, LIKE, ILIKE
Expression Reader::tested(Expression one) {
    Expression made;
    made.at = now().at;
    if (take_word("is")) {
        made.negated = take_word("not");
        made.node = Node::is_null;
        made.parts.push_back(std::move(one));
        made.name = is_word("true") || is_word("false") ? now().text : "null";
        need_word(made.name);
        return made;
    }
    made.negated = take_word("not");
    made.parts.push_back(std::move(one));
    if (take_word("in")) {
        made.node = Node::in_list;
        if (is_symbol("(") && ahead(1).text == "select") {
            refuse("a query within a query", ahead(1).at);
        }
        for (Expression& part : list()) {
            made.parts.push_back(std::move(part));
        }
    } else if (take_word("between")) {
        made.node = Node::between;
        made.parts.push_back(sum());
        need_word("and");
        made.parts.push_back(sum());
    } else if (is_word("like") || is_word("ilike")) {
        made.node = Node::like;
        made.distinct = take().text == "ilike";
        made.parts.push_back(sum());
    } else {
        unexpected();
    }
    return made;
}

Expression Reader::sum() {
    Expression one = product();
    while (!failed_ && (is_symbol("+") || is_symbol("-") || is_symbol("||"))) {
        const Token op = take();
        one = operation(op, std::move(one), product());
    }
    return one;
}

Expression Reader::product() {
    Expression one = signed_one();
    while (!failed_ && (is_symbol("*") || is_symbol("/") || is_symbol("%"))) {
        const Token op = take();
        one = operation(op, std::move(one), signed_one());
    }
    return one;
}

Expression Reader::signed_one() {
    bool negative = false;
    const std::size_t at = now().at;
    while (!failed_ && (is_symbol("-") || is_symbol("+"))) {
        negative = (take().text == "-") != negative;
    }
    Expression one = postfix();
    if (!negative) {
        return one;
    }
    Expression made;
    made.node = Node::unary;
    made.name = "-";
    made.at = at;
    made.parts.push_back(std::move(one));
    return made;
}

Expression Reader::postfix() {
    Expression one = primary();
    while (!failed_ && is_symbol("::")) {
        Expression made;
        made.node = Node::cast;
        made.at = take().at;
        made.type = type();
        made.parts.push_back(std::move(one));
        one = std::move(made);
    }
    return one;
}

Expression Reader::primary() {
    const Token& token = now();
    if (failed_ || token.kind == TokenKind::end) {
        unexpected();
        return {};
    }
    if (token.kind == TokenKind::number || token.kind == TokenKind::string) {
        Value value = token.kind == TokenKind::number ? number_value(token.text) : text_of(token.text);
        value.kind = token.kind == TokenKind::string ? Kind::unknown : value.kind;
        const std::size_t at = take().at;
        return constant(std::move(value), at);
    }
    if (take_symbol("(")) {
        if (is_word("select")) {
            refuse("a query within a query", now().at);
        }
        Expression inner = expression();
        need_symbol(")");
        return inner;
    }
    return named();
}

Expression Reader::named() {
    const Token token = now();
    if (take_word("null")) {
        return constant(Value(), token.at);
    }
    if (is_word("true") || is_word("false")) {
        return constant(truth(take().text == "true"), token.at);
    }
    if (take_word("case")) {
        return choice();
    }
    if (take_word("cast")) {
        Expression made;
        made.node = Node::cast;
        made.at = token.at;
        need_symbol("(");
        made.parts.push_back(expression());
        need_word("as");
        made.type = type();
        need_symbol(")");
        return made;
    }
    const bool typed = token.kind == TokenKind::word && ahead(1).kind == TokenKind::string && kind_named(token.text);
    if (typed) {
        Expression made;
        made.node = Node::cast;
        made.at = token.at;
        made.type = type();
        made.parts.push_back(primary());
        return made;
    }
    const bool calls = ahead(1).kind == TokenKind::symbol && ahead(1).text == "(";
    if (calls && token.kind != TokenKind::symbol &&
        (!is_reserved(token.text) || token.text == "left" || token.text == "right")) {
        return call(take());
    }
    Expression made;
    made.node = Node::column;
    made.at = token.at;
    made.name = need_name();
    if (take_symbol(".")) {
        made.table = made.name;
        made.node = take_symbol("*") ? Node::star : Node::column;
        made.name = made.node == Node::star ? "*" : need_name();
    }
    return made;
}

Expression Reader::call(const Token& name) {
    Expression made;
    made.node = Node::call;
    made.name = name.text;
    made.at = name.at;
    need_symbol("(");
    made.distinct = take_word("distinct");
    if (is_symbol("*")) {
        Expression all;
        all.node = Node::star;
        all.at = take().at;
        made.parts.push_back(std::move(all));
    } else if (!is_symbol(")")) {
        do {
            made.parts.push_back(expression());
            if (name.text == "substring" && (is_word("from") || is_word("for"))) {
                take();
                made.parts.push_back(expression());
            }
        } while (take_symbol(",") || (name.text == "substring" && take_word("for")));
    }
    need_symbol(")");
    if (is_word("over") || is_word("filter")) {
        refuse(now().text, now().at);
    }
    return made;
}

// CASE [x] WHEN a THEN b … [ELSE c] END: condition, value, condition, value, …, [else]
Expression Reader::choice() {
    Expression made;
    made.node = Node::choice;
    made.at = now().at;
    std::optional<Expression> subject;
    if (!is_word("when")) {
        subject = expression();
    }
    while (take_word("when")) {
        const Token here = now();
        Expression condition = expression();
        if (subject) {
            condition = operation(Token{TokenKind::symbol, "=", "=", here.at}, *subject, std::move(condition));
        }
        made.parts.push_back(std::move(condition));
        need_word("then");
        made.parts.push_back(expression());
    }
    if (take_word("else")) {
        made.parts.push_back(expression());
    }
    need_word("end");
    return made;
}

std::vector<Expression> Reader::list() {
    std::vector<Expression> parts;
    need_symbol("(");
    do {
        parts.push_back(expression());
    } while (take_symbol(","));
    need_symbol(")");
    return parts;
}

Type Reader::type() {
    const Token first = now();
    std::string name = need_name();
    if ((name == "double" && take_word("precision"))) {
        name = "double precision";
    } else if (name == "character" && take_word("varying")) {
        name = "character varying";
    }
    Type made;
    const auto kind = kind_named(name);
    if (!kind || *kind == Kind::unknown) {
        complain({"42704", "type \"" + name + "\" does not exist", first.at, {}, {}});
        return made;
    }
    made.kind = *kind;
    if (made.kind == Kind::bpchar) {
        made.length = 1;
    }
    if (take_symbol("(")) {
        made.length = number_value(take().text).whole;
        if (take_symbol(",")) {
            made.scale = number_value(take().text).whole;
        }
        need_symbol(")");
    }
    if (name == "timestamp" && (take_word("with") || take_word("without"))) {
        made.kind = tokens_[next_ - 1].text == "with" ? Kind::timestamptz : Kind::timestamp;
        need_word("time");
        need_word("zone");
    }
    return made;
}

}  // namespace cutaway::model::pg
