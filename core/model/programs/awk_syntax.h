// SPDX-License-Identifier: Apache-2.0
// awk's programs as trees: what the parser makes and the interpreter walks. A tree is a value; it is made again from
// argv after a load.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cutaway::model::programs {

// text: a name, an operator, a string; kids: its parts in the order in which they are written.
struct AwkNode {
    enum class What {
        number,
        text,
        regex,
        variable,
        element,  // text[kids…]
        field,    // $kid
        unary,
        binary,
        concat,
        match,  // text: "~" or "!~"
        choice,
        assign,     // text: "=", "+=", …
        increment,  // text: "++x", "x++", "--x", "x--"
        member,     // (kid in text)
        call,
        print,
        printf,
        expression,
        block,
        branch,
        loop_while,
        loop_for,  // init, condition, step, body; an absent one is an empty block
        loop_in,   // text: the variable; kid 0: the array's name as a variable; kid 1: the body
        next,
        leave,
        remove,
    };
    What what = What::block;
    std::string text;
    double number = 0;
    std::vector<AwkNode> kids;
};

struct AwkRule {
    enum class When { begin, end, every, where };
    When when = When::every;
    AwkNode pattern;
    AwkNode action;
};

struct AwkProgram {
    std::vector<AwkRule> rules;
    std::string wrong;    // a syntax error, near what
    std::string foreign;  // awk has it and this one has not
};

AwkProgram parse_awk(std::string_view source);

}  // namespace cutaway::model::programs
