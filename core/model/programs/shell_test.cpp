// SPDX-License-Identifier: Apache-2.0
// test and [: POSIX's by the count of arguments, with -a, -o and parentheses by precedence.
#include "core/model/programs/shell_builtins.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

struct Tester {
    const Call& call;
    const Words& words;
    std::size_t at = 0;
    std::size_t end = 0;
    std::string error;

    [[nodiscard]] std::size_t left() const { return end - at; }

    bool unary(char letter, const std::string& operand) {
        if (letter == 'n' || letter == 'z') {
            return operand.empty() == (letter == 'z');
        }
        if (letter == 't') {
            return call.sys.is_terminal(static_cast<int>(to_number(operand).value_or(-1)));
        }
        const auto info = call.sys.stat(operand, letter != 'h' && letter != 'L');
        if (!info) {
            return false;
        }
        const std::uint32_t uid = call.sys.uid();
        const unsigned shift = uid == info->uid ? 6U : (call.sys.gid() == info->gid ? 3U : 0U);
        const std::uint32_t own = uid == 0 ? 6U | ((info->mode & 0111U) != 0 ? 1U : 0U) : info->mode >> shift;
        switch (letter) {
            case 'e': return true;
            case 'f': return info->type == world::FileType::regular;
            case 'd': return info->type == world::FileType::directory;
            case 'h':
            case 'L': return info->type == world::FileType::symlink;
            case 'p': return info->type == world::FileType::fifo;
            case 'S': return info->type == world::FileType::socket;
            case 'c': return info->type == world::FileType::character;
            case 'b': return info->type == world::FileType::block;
            case 's': return info->size > 0;
            case 'r': return (own & 4U) != 0;
            case 'w': return (own & 2U) != 0 && writable_mount(operand);
            default: return (own & 1U) != 0 || (uid == 0 && info->type == world::FileType::directory);
        }
    }

    // access(2) answers EROFS where the mount is read-only; opening for append without creating asks the same.
    bool writable_mount(const std::string& path) {
        OpenFlags flags;
        flags.read = false;
        flags.write = true;
        flags.append = true;
        const auto info = call.sys.stat(path, true);
        if (!info || info->type != world::FileType::regular) {
            return true;
        }
        Result<int> fd = call.sys.open(path, flags, 0);
        if (fd) {
            (void)call.sys.close(*fd);
        }
        return fd.has_value();
    }

    std::int64_t number(const std::string& text) {
        const auto value = to_number(trim(text));
        if (!value) {
            error = text + ": bad number";
        }
        return value.value_or(0);
    }

    static bool is_binary(const std::string& op) {
        return op == "=" || op == "==" || op == "!=" || op == "<" || op == ">" || op == "-eq" || op == "-ne" ||
               op == "-lt" || op == "-le" || op == "-gt" || op == "-ge" || op == "-nt" || op == "-ot" || op == "-ef";
    }

    bool binary(const std::string& a, const std::string& op, const std::string& b) {
        if (op == "=" || op == "==") {
            return a == b;
        }
        if (op == "!=") {
            return a != b;
        }
        if (op == "<" || op == ">") {
            return op == "<" ? a < b : a > b;
        }
        if (op == "-nt" || op == "-ot" || op == "-ef") {
            const auto first = call.sys.stat(a, true);
            const auto second = call.sys.stat(b, true);
            const std::int64_t x = first ? first->mtime_ns : -1;
            const std::int64_t y = second ? second->mtime_ns : -1;
            return op == "-nt" ? x > y : (op == "-ot" ? x < y : a == b && first.has_value());
        }
        const std::int64_t x = number(a);
        const std::int64_t y = number(b);
        switch (op[1]) {
            case 'e': return x == y;
            case 'n': return x != y;
            case 'l': return op == "-lt" ? x < y : x <= y;
            default: return op == "-gt" ? x > y : x >= y;
        }
    }

    bool primary() {
        if (left() == 0) {
            error = "argument expected";
            return false;
        }
        if (left() >= 3 && is_binary(words[at + 1])) {
            at += 3;
            return binary(words[at - 3], words[at - 2], words[at - 1]);
        }
        const std::string word = words[at++];
        if (word == "!" && left() > 0) {
            return !primary();
        }
        if (word == "(" && left() > 1) {
            const bool value = either();
            if (left() == 0 || words[at++] != ")") {
                error = "closing paren expected";
            }
            return value;
        }
        if (word.size() == 2 && word[0] == '-' && left() > 0 &&
            std::string_view("nztefdhLpScbsrwx").find(word[1]) != std::string_view::npos) {
            return unary(word[1], words[at++]);
        }
        return !word.empty();
    }

    bool both() {
        bool value = primary();
        while (error.empty() && left() > 1 && words[at] == "-a") {
            ++at;
            value = primary() && value;
        }
        return value;
    }

    bool either() {
        bool value = both();
        while (error.empty() && left() > 1 && words[at] == "-o") {
            ++at;
            value = both() || value;
        }
        return value;
    }
};

}  // namespace

int run_test(const Call& call) {
    const bool bracket = call.name() == "[";
    std::size_t end = call.argv.size();
    if (bracket) {
        if (call.argv.back() != "]") {
            return call.fail("missing ]", 2);
        }
        --end;
    }
    if (end == 1) {
        return 1;
    }
    Tester tester{call, call.argv, 1, end, {}};
    const bool value = tester.either();
    if (tester.error.empty() && tester.left() > 0) {
        tester.error = call.argv[tester.at] + ": unexpected operator";
    }
    if (!tester.error.empty()) {
        return call.fail(tester.error, 2);
    }
    return value ? 0 : 1;
}

}  // namespace cutaway::model::programs
