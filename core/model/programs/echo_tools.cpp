// SPDX-License-Identifier: Apache-2.0
// echo, printf, true, false, yes-or-no things that print or decide from their arguments alone; and kill.
#include <algorithm>

#include "core/model/programs/commands.h"
#include "core/model/programs/shell_builtins.h"
#include "core/model/programs/text.h"

namespace cutaway::model::programs {

namespace {

// A backslash sequence at `at` (behind the backslash); false: "\c", nothing more is printed.
bool escape(std::string_view text, std::size_t& at, std::string& out) {
    const char c = text[at++];
    switch (c) {
        case 'a': out += '\a'; return true;
        case 'b': out += '\b'; return true;
        case 'e': out += '\033'; return true;
        case 'f': out += '\f'; return true;
        case 'n': out += '\n'; return true;
        case 'r': out += '\r'; return true;
        case 't': out += '\t'; return true;
        case 'v': out += '\v'; return true;
        case '\\': out += '\\'; return true;
        case 'c': return false;
        default: break;
    }
    if (c == 'x' || (c >= '0' && c <= '7')) {
        unsigned value = c == 'x' ? 0 : static_cast<unsigned>(c - '0');
        const std::string_view digits = c == 'x' ? "0123456789abcdef" : "01234567";
        for (int i = c == 'x' ? 0 : (c == '0' ? 0 : 1); i < (c == 'x' ? 2 : 3) && at < text.size(); ++i, ++at) {
            const std::size_t digit = digits.find(lower(text.substr(at, 1)));
            if (digit == std::string_view::npos) {
                break;
            }
            value = value * (c == 'x' ? 16U : 8U) + static_cast<unsigned>(digit);
        }
        out += static_cast<char>(value & 0xFFU);
        return true;
    }
    out += '\\';
    out += c;
    return true;
}

bool unescape(std::string_view text, std::string& out) {
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] != '\\' || at + 1 == text.size()) {
            out += text[at++];
            continue;
        }
        ++at;
        if (!escape(text, at, out)) {
            return false;
        }
    }
    return true;
}

struct Conversion {
    std::string flags;
    std::size_t width = 0;
    std::optional<std::size_t> precision;
    char kind = 's';
};

std::string fit(std::string text, const Conversion& conversion, bool number) {
    if (text.size() >= conversion.width) {
        return text;
    }
    if (conversion.flags.find('-') != std::string::npos) {
        return left(text, conversion.width);
    }
    if (number && conversion.flags.find('0') != std::string::npos) {
        const std::size_t sign = text.starts_with("-") ? 1 : 0;
        text.insert(sign, conversion.width - text.size(), '0');
        return text;
    }
    return right(text, conversion.width);
}

std::string in_base(std::uint64_t value, unsigned base, bool upper) {
    const std::string_view digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    std::string text;
    do {
        text.insert(text.begin(), digits[static_cast<std::size_t>(value % base)]);
        value /= base;
    } while (value != 0);
    return text;
}

struct Printer {
    const Call& call;
    const Words& argv;
    std::size_t next = 2;
    bool used = false;
    bool stopped = false;
    int code = 0;
    std::string made;

    std::string argument() {
        if (next < argv.size()) {
            used = true;
            return argv[next++];
        }
        return {};
    }

    std::int64_t number() {
        const std::string text = argument();
        if (text.empty()) {
            return 0;
        }
        if (text.size() > 1 && (text[0] == '\'' || text[0] == '"')) {
            return static_cast<unsigned char>(text[1]);
        }
        const auto value = to_number(text);
        if (!value) {
            call.err("printf: " + text + ": expected numeric value\n");
            code = 1;
        }
        return value.value_or(0);
    }

    void convert(const Conversion& conversion) {
        switch (conversion.kind) {
            case '%': made += '%'; return;
            case 'c': made += fit(argument().substr(0, 1), conversion, false); return;
            case 's':
                made += fit(argument().substr(0, conversion.precision.value_or(std::string::npos)), conversion, false);
                return;
            case 'b': {
                std::string text;
                stopped = !unescape(argument(), text);
                made += fit(text, conversion, false);
                return;
            }
            case 'd':
            case 'i':
            case 'u': made += fit(std::to_string(number()), conversion, true); return;
            case 'x':
            case 'X':
                made +=
                    fit(in_base(static_cast<std::uint64_t>(number()), 16, conversion.kind == 'X'), conversion, true);
                return;
            case 'o': made += fit(in_base(static_cast<std::uint64_t>(number()), 8, false), conversion, true); return;
            default: code = call.refuse(std::string("%") + conversion.kind); stopped = true;
        }
    }

    void pass(const std::string& format) {
        for (std::size_t at = 0; at < format.size() && !stopped;) {
            if (format[at] == '\\' && at + 1 < format.size()) {
                ++at;
                stopped = !escape(format, at, made);
            } else if (format[at] == '%' && at + 1 < format.size()) {
                convert(read_conversion(format, ++at));
            } else {
                made += format[at++];
            }
        }
    }

    std::size_t digits(const std::string& format, std::size_t& at) {
        if (format[at] == '*') {
            ++at;
            return static_cast<std::size_t>(std::clamp<std::int64_t>(number(), 0, 1000));
        }
        std::size_t value = 0;
        while (at < format.size() && format[at] >= '0' && format[at] <= '9' && value < 1000) {
            value = value * 10 + static_cast<std::size_t>(format[at++] - '0');
        }
        return value;
    }

    Conversion read_conversion(const std::string& format, std::size_t& at) {
        Conversion conversion;
        while (at < format.size() && std::string_view("-+ 0#").find(format[at]) != std::string_view::npos) {
            conversion.flags += format[at++];
        }
        if (at < format.size()) {
            conversion.width = digits(format, at);
        }
        if (at < format.size() && format[at] == '.') {
            ++at;
            conversion.precision = at < format.size() ? digits(format, at) : 0;
        }
        conversion.kind = at < format.size() ? format[at++] : '%';
        return conversion;
    }
};

}  // namespace

int run_echo(const Call& call) {
    bool newline = true;
    bool escapes = call.argv.front() == "echo" && call.sys.argv().front().ends_with("dash");
    std::size_t first = 1;
    for (; first < call.argv.size(); ++first) {
        const std::string& word = call.argv[first];
        if (word.size() < 2 || word[0] != '-' || word.find_first_not_of("neE", 1) != std::string::npos) {
            break;
        }
        newline = newline && word.find('n') == std::string::npos;
        escapes = escapes || word.find('e') != std::string::npos;
    }
    std::string text;
    for (std::size_t i = first; i < call.argv.size(); ++i) {
        text += (i > first ? " " : "") + call.argv[i];
    }
    if (escapes) {
        std::string made;
        newline = unescape(text, made) && newline;
        text = made;
    }
    call.out(newline ? text + "\n" : text);
    return 0;
}

int run_printf(const Call& call) {
    if (call.argv.size() < 2) {
        return call.fail("usage: printf format [arg ...]", 2);
    }
    Printer printer{call, call.argv, 2, false, false, 0, {}};
    do {
        printer.used = false;
        printer.pass(call.argv[1]);
    } while (printer.used && printer.next < call.argv.size() && !printer.stopped);
    call.out(printer.made);
    return printer.code;
}

int run_kill(const Call& call) {
    int signal = 15;
    std::size_t first = 1;
    if (first < call.argv.size() && call.argv[first].size() > 1 && call.argv[first][0] == '-') {
        std::string word = call.argv[first++].substr(1);
        if (word == "l") {
            for (int number = 1; number < 32; ++number) {
                call.out(std::string(signal_name(number)) + (number % 16 == 15 ? "\n" : " "));
            }
            call.out("\n");
            return 0;
        }
        if (word == "s" && first < call.argv.size()) {
            word = call.argv[first++];
        }
        const auto number = signal_number(word);
        if (!number && word != "-") {
            return call.fail("invalid signal: " + word, 1);
        }
        signal = number.value_or(15);
    }
    if (first >= call.argv.size()) {
        return call.fail("usage: kill [-s sigspec | -signum] pid...", 2);
    }
    int code = 0;
    for (; first < call.argv.size(); ++first) {
        const auto pid = to_number(call.argv[first]);
        if (!pid) {
            code = call.fail("invalid number '" + call.argv[first] + "'");
            continue;
        }
        const Status sent = call.sys.kill(*pid, signal);
        if (!sent) {
            code = call.busybox ? call.fail("can't kill pid " + call.argv[first] + ": " + errno_text(sent.error()))
                                : call.fail("(" + call.argv[first] + ") - " + errno_text(sent.error()));
        }
    }
    return code;
}

int run_true(const Call&) { return 0; }
int run_false(const Call&) { return 1; }

}  // namespace cutaway::model::programs
