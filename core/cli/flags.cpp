// SPDX-License-Identifier: Apache-2.0
#include "core/cli/flags.h"

#include <algorithm>
#include <charconv>

namespace cutaway::cli {

namespace {

std::optional<std::int64_t> to_number(std::string_view text) {
    std::int64_t value = 0;
    const auto got = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || got.ec != std::errc{} || got.ptr != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

std::optional<bool> to_bool(std::string_view text) {
    if (text == "true" || text == "1" || text == "t" || text == "T" || text == "TRUE" || text == "True") {
        return true;
    }
    if (text == "false" || text == "0" || text == "f" || text == "F" || text == "FALSE" || text == "False") {
        return false;
    }
    return std::nullopt;
}

class Parser {
public:
    Parser(const std::vector<std::string>& words, const std::vector<FlagSpec>& specs) : words_(words), specs_(specs) {}

    Result<Parsed> run(Mix mix) {
        while (at_ < words_.size()) {
            const std::string& word = words_[at_++];
            if (word == "--") {
                break;
            }
            if (word.size() < 2 || word.front() != '-') {
                parsed_.arguments.push_back(word);
                if (mix == Mix::before_arguments) {
                    break;
                }
            } else if (word[1] == '-') {
                TRY(long_flag(std::string_view(word).substr(2)));
            } else {
                TRY(short_flags(std::string_view(word).substr(1)));
            }
        }
        parsed_.arguments.insert(parsed_.arguments.end(), words_.begin() + static_cast<std::ptrdiff_t>(at_),
                                 words_.end());
        return std::move(parsed_);
    }

private:
    Status long_flag(std::string_view text) {
        const std::size_t equals = text.find('=');
        const std::string_view name = text.substr(0, equals);
        const auto spec = std::find_if(specs_.begin(), specs_.end(), [&](const FlagSpec& s) { return s.name == name; });
        if (spec == specs_.end()) {
            return fail(Errc::invalid, "unknown flag: --" + std::string(name));
        }
        if (equals != std::string_view::npos) {
            return set(*spec, "--" + std::string(name), std::string(text.substr(equals + 1)));
        }
        if (spec->kind == FlagKind::boolean) {
            return set(*spec, "--" + std::string(name), "true");
        }
        if (at_ >= words_.size()) {
            return fail(Errc::invalid, "flag needs an argument: --" + std::string(name));
        }
        return set(*spec, "--" + std::string(name), words_[at_++]);
    }

    Status short_flags(std::string_view letters) {
        for (std::size_t i = 0; i < letters.size(); ++i) {
            const char letter = letters[i];
            const auto spec =
                std::find_if(specs_.begin(), specs_.end(), [&](const FlagSpec& s) { return s.letter == letter; });
            if (spec == specs_.end()) {
                return fail(Errc::invalid,
                            std::string("unknown shorthand flag: '") + letter + "' in -" + std::string(letters));
            }
            const std::string shown = std::string("-") + letter + ", --" + std::string(spec->name);
            std::string_view rest = letters.substr(i + 1);
            if (rest.starts_with('=')) {
                return set(*spec, shown, std::string(rest.substr(1)));
            }
            if (spec->kind == FlagKind::boolean) {
                TRY(set(*spec, shown, "true"));
                continue;
            }
            if (!rest.empty()) {
                return set(*spec, shown, std::string(rest));
            }
            if (at_ >= words_.size()) {
                return fail(Errc::invalid,
                            std::string("flag needs an argument: '") + letter + "' in -" + std::string(letters));
            }
            return set(*spec, shown, words_[at_++]);
        }
        return {};
    }

    Status set(const FlagSpec& spec, const std::string& shown, std::string value) {
        if (!spec.refused.empty()) {
            return fail(Errc::unsupported, shown + ": " + std::string(spec.refused));
        }
        // both names, whichever was typed: pflag says it so
        const std::string both =
            (spec.letter == 0 ? std::string() : std::string("-") + spec.letter + ", ") + "--" + std::string(spec.name);
        if (spec.kind == FlagKind::boolean && !to_bool(value)) {
            return fail(Errc::invalid, "invalid argument \"" + value + "\" for \"" + both +
                                           "\" flag: strconv.ParseBool: parsing \"" + value + "\": invalid syntax");
        }
        if (spec.kind == FlagKind::number && !to_number(value)) {
            return fail(Errc::invalid, "invalid argument \"" + value + "\" for \"" + both +
                                           "\" flag: strconv.ParseInt: parsing \"" + value + "\": invalid syntax");
        }
        std::vector<std::string>& given = parsed_.values[std::string(spec.name)];
        if (spec.kind != FlagKind::list) {
            given.clear();
        }
        given.push_back(std::move(value));
        return {};
    }

    const std::vector<std::string>& words_;
    const std::vector<FlagSpec>& specs_;
    std::size_t at_ = 0;
    Parsed parsed_;
};

}  // namespace

bool Parsed::on(std::string_view name) const {
    const auto found = values.find(name);
    return found != values.end() && to_bool(found->second.back()).value_or(false);
}

std::string Parsed::text(std::string_view name) const {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second.back();
}

const std::vector<std::string>& Parsed::list(std::string_view name) const {
    static const std::vector<std::string> none;
    const auto found = values.find(name);
    return found == values.end() ? none : found->second;
}

std::optional<std::int64_t> Parsed::number(std::string_view name) const {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : to_number(found->second.back());
}

const FlagSpec* flag_wanting(const std::vector<FlagSpec>& flags, const std::string& word) {
    if (word.size() < 2 || word.front() != '-' || word.find('=') != std::string::npos) {
        return nullptr;
    }
    for (const FlagSpec& flag : flags) {
        const bool is_long = word == "--" + std::string(flag.name);
        const bool is_short = word[1] != '-' && flag.letter != 0 && word.back() == flag.letter;
        if ((is_long || is_short) && flag.kind != FlagKind::boolean) {
            return &flag;
        }
    }
    return nullptr;
}

Result<Parsed> parse_flags(const std::vector<std::string>& words, const std::vector<FlagSpec>& specs, Mix mix) {
    return Parser(words, specs).run(mix);
}

}  // namespace cutaway::cli
