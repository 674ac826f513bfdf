// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs/options.h"

namespace cutaway::model::programs {

namespace {

bool takes_value(std::string_view letters, char letter) {
    const std::size_t at = letters.find(letter);
    return at != std::string_view::npos && at + 1 < letters.size() && letters[at + 1] == ':';
}

struct Reader {
    const std::vector<std::string>& argv;
    std::string_view letters;
    std::initializer_list<LongOption> longs;
    Options options;
    std::size_t at = 1;

    void keep(char letter, std::string_view name, bool attached, std::string_view value) {
        if (!takes_value(letters, letter)) {
            options.values[letter] = "";
            return;
        }
        if (attached) {
            options.values[letter] = std::string(value);
        } else if (at + 1 < argv.size()) {
            options.values[letter] = argv[++at];
        } else {
            options.unknown = std::string(name) + " without a value";
        }
    }

    void read_long(const std::string& word) {
        const std::size_t equals = word.find('=');
        const std::string name = word.substr(0, equals);
        for (const LongOption& option : longs) {
            if (option.name == name) {
                const bool attached = equals != std::string::npos;
                keep(option.letter, name, attached, attached ? std::string_view(word).substr(equals + 1) : "");
                return;
            }
        }
        options.unknown = "option " + word;
    }

    void read_letters(const std::string& word) {
        for (std::size_t i = 1; i < word.size(); ++i) {
            const char letter = word[i];
            if (letter == ':' || letter == '+' || letters.find(letter) == std::string_view::npos) {
                options.unknown = std::string("option -") + letter;
                return;
            }
            if (takes_value(letters, letter)) {
                const std::string_view tail = std::string_view(word).substr(i + 1);
                keep(letter, std::string("option -") + letter, !tail.empty(), tail);
                return;
            }
            options.values[letter] = "";
        }
    }
};

}  // namespace

Options parse_options(const std::vector<std::string>& argv, std::string_view letters,
                      std::initializer_list<LongOption> longs) {
    Reader reader{argv, letters, longs, {}, 1};
    const bool stop = letters.starts_with('+');
    for (; reader.at < argv.size() && reader.options.unknown.empty(); ++reader.at) {
        const std::string& word = argv[reader.at];
        if (word == "--") {
            ++reader.at;
            break;
        }
        if (word.size() < 2 || word[0] != '-') {
            if (stop) {
                break;
            }
            reader.options.rest.push_back(word);
        } else if (word[1] == '-') {
            reader.read_long(word);
        } else {
            reader.read_letters(word);
        }
    }
    for (; reader.at < argv.size(); ++reader.at) {
        reader.options.rest.push_back(argv[reader.at]);
    }
    return reader.options;
}

}  // namespace cutaway::model::programs
