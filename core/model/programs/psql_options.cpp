// SPDX-License-Identifier: Apache-2.0
#include "core/model/programs/psql_options.h"

#include "core/model/programs/text.h"

namespace cutaway::model::pg {

namespace {

struct Letter {
    std::string_view name;
    char letter;
    bool valued;
};

constexpr Letter known[] = {
    {"username", 'U', true},        {"dbname", 'd', true},       {"host", 'h', true},      {"port", 'p', true},
    {"command", 'c', true},         {"file", 'f', true},         {"set", 'v', true},       {"variable", 'v', true},
    {"field-separator", 'F', true}, {"tuples-only", 't', false}, {"no-align", 'A', false}, {"quiet", 'q', false},
    {"no-psqlrc", 'X', false},      {"no-password", 'w', false}, {"version", 'V', false},  {"list", 'l', false}};

class ArgumentReader {
public:
    ArgumentReader(Sys& sys, PsqlOptions& options) : argv_(sys.argv()), options_(options) {}

    void read() {
        for (at_ = 1; at_ < argv_.size() && options_.unknown.empty(); ++at_) {
            const std::string& word = argv_[at_];
            if (word.starts_with("--") && word.size() > 2) {
                read_long(word);
            } else if (word.starts_with("-") && word.size() > 1 && word != "--") {
                read_letters(word);
            } else {
                names_.push_back(word);
            }
        }
        const std::size_t second = has_database_ ? 0 : 1;
        if (!has_database_ && !names_.empty()) {
            set_database(names_[0]);
        }
        if (names_.size() > second) {
            options_.target.user = names_[second];
        }
    }

private:
    static const Letter* find(char letter, std::string_view name) {
        for (const Letter& one : known) {
            if (one.letter == letter || one.name == name) {
                return &one;
            }
        }
        return nullptr;
    }

    std::string next_word(const std::string& name) {
        if (at_ + 1 < argv_.size()) {
            return argv_[++at_];
        }
        options_.unknown = name + " without a value";
        return {};
    }

    void read_long(const std::string& word) {
        const std::size_t equals = word.find('=');
        const std::string name = word.substr(2, equals - 2);
        const Letter* one = find('\0', name);
        if (one == nullptr) {
            options_.unknown = "option " + word;
        } else if (!one->valued) {
            apply(one->letter, {});
        } else {
            apply(one->letter, equals == std::string::npos ? next_word("option --" + name) : word.substr(equals + 1));
        }
    }

    void read_letters(const std::string& word) {
        for (std::size_t i = 1; i < word.size(); ++i) {
            const Letter* one = find(word[i], "-");
            if (one == nullptr) {
                options_.unknown = std::string("option -") + word[i];
                return;
            }
            if (one->valued) {
                const std::string tail = word.substr(i + 1);
                apply(one->letter, tail.empty() ? next_word(std::string("option -") + word[i]) : tail);
                return;
            }
            apply(one->letter, {});
        }
    }

    void set_database(const std::string& name) {
        has_database_ = true;
        if (!read_uri(name, options_.target)) {
            options_.target.database = name;
        }
    }

    void apply(char letter, const std::string& value) {
        switch (letter) {
            case 'U': options_.target.user = value; break;
            case 'd': set_database(value); break;
            case 'h': options_.target.host = value; break;
            case 'p': options_.target.port = programs::to_number(value).value_or(0); break;
            case 'c': options_.commands.push_back(value); break;
            case 'f': options_.file = value == "-" ? "" : value; break;
            case 'v': {
                const std::size_t equals = value.find('=');
                options_.variables[value.substr(0, equals)] =
                    equals == std::string::npos ? "" : value.substr(equals + 1);
                break;
            }
            case 'F': options_.look.separator = value; break;
            case 't': options_.look.tuples_only = true; break;
            case 'A': options_.look.aligned = false; break;
            case 'q': options_.quiet = true; break;
            case 'w': options_.no_password = true; break;
            case 'V': options_.version = true; break;
            case 'l': options_.lists = true; break;
            default: break;
        }
    }

    const std::vector<std::string>& argv_;
    PsqlOptions& options_;
    std::vector<std::string> names_;
    std::size_t at_ = 1;
    bool has_database_ = false;
};

}  // namespace

PsqlOptions read_psql_options(Sys& sys) {
    PsqlOptions options;
    options.target = target_of(sys);
    ArgumentReader(sys, options).read();
    return options;
}

}  // namespace cutaway::model::pg
