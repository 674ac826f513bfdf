// SPDX-License-Identifier: Apache-2.0
#include "core/cli/completion.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "core/cli/command_line.h"
#include "core/cli/lesson_words.h"
#include "core/cli/verb.h"

namespace cutaway::cli {

namespace {

using Words = std::vector<std::string>;

struct OwnWord {
    std::string_view name;
    std::vector<std::string_view> values;  // of an option: what may follow; of a command: its own commands
    bool takes = false;                    // an option that wants a word
    bool files = false;
};

const std::vector<OwnWord>& own_options() {
    static const std::vector<OwnWord> options{
        {"--world", {"model", "real"}, true, false},
        {"--root", {}, true, true},
        {"--machine", {"v1", "v2", "hybrid"}, true, true},
        {"--seed", {}, true, false},
        {"--clock", {"frozen", "advance:1s", "advance:5s"}, true, false},
        {"--profile", {"today", "documents"}, true, false},
        {"--realtime", {}, false, false},
        {"--step", {}, false, false},
        {"--break", {}, true, false},
        {"--trace", {}, true, true},
        {"--engine", {}, true, true},
    };
    return options;
}

const std::vector<OwnWord>& own_commands() {
    static const std::vector<OwnWord> commands{
        {"sh", {"-c"}, false, false},
        {"lesson", lesson_verbs(), false, false},
        {"replay", {"--at", "--phase", "--show", "--json"}, false, true},
        {"trace", {"lint", "diff", "export"}, false, true},
        {"model", {"history", "undo", "fork", "reset", "fault"}, false, false},
        {"doctor", {"--profile"}, false, false},
        {"engine", {"--socket", "--allow-user", "--allow-group", "--root"}, false, true},
        {"watch", {"--break"}, false, false},
        {"completion", {"bash", "zsh", "fish"}, false, false},
    };
    return commands;
}

const OwnWord* find_own(const std::vector<OwnWord>& table, std::string_view name) {
    const auto found = std::find_if(table.begin(), table.end(), [&](const OwnWord& one) { return one.name == name; });
    return found == table.end() ? nullptr : &*found;
}

// What an argument is, by the word that stands for it in the usage.
struct Place {
    std::optional<NameKind> names;
    bool files = false;
};

Place place_of(std::string_view word) {
    const auto is = [&](std::string_view part) { return word.find(part) != std::string_view::npos; };
    if (is("CONTAINER")) {
        return {NameKind::container, is("PATH")};
    }
    if (is("IMAGE") || is("REPOSITORY") || word.starts_with("NAME[:TAG")) {
        return {NameKind::image, false};
    }
    if (is("NAME|ID")) {
        return {NameKind::container, false};
    }
    if (is("NETWORK")) {
        return {NameKind::network, false};
    }
    return is("VOLUME") ? Place{NameKind::volume, false} : Place{std::nullopt, is("PATH") || is("file")};
}

// "[OPTIONS] CONTAINER COMMAND [ARG...]": its words without the options, of each form that it has.
std::vector<Words> forms_of(std::string_view usage) {
    std::vector<Words> forms(1);
    Words* form = &forms.front();
    std::string word;
    for (const char c : std::string(usage) + " ") {
        if (c != ' ' && c != '\n' && c != '\t') {
            word += c;
            continue;
        }
        if (c == '\n') {
            forms.emplace_back();
            form = &forms.back();
        } else if (!word.empty() && word != "[OPTIONS]" && word != "docker") {
            form->push_back(word);
        }
        word.clear();
    }
    return forms;
}

// The word of the usage that stands at this argument's place; one with dots stands for all that follow.
std::string word_at(const Words& form, std::size_t place) {
    if (place < form.size()) {
        return form[place];
    }
    const bool repeats = !form.empty() && form.back().find("...") != std::string::npos;
    return repeats ? form.back() : "";
}

NameKind narrowed(NameKind kind, std::string_view verb) {
    constexpr auto running =
        std::to_array<std::string_view>({"stop", "pause", "kill", "exec", "attach", "top", "stats", "port"});
    if (kind != NameKind::container) {
        return kind;
    }
    if (std::find(running.begin(), running.end(), verb) != running.end()) {
        return NameKind::running;
    }
    return verb == "start" ? NameKind::stopped : verb == "unpause" ? NameKind::paused : kind;
}

struct FlagValues {
    std::string_view flag;
    std::optional<NameKind> names;
    std::vector<std::string_view> words;
    bool files = false;
};

const FlagValues* values_of(std::string_view flag) {
    static const std::vector<FlagValues> table{
        {"network", NameKind::network, {"bridge", "host", "none"}, false},
        {"volume", NameKind::volume, {}, true},
        {"volumes-from", NameKind::container, {}, false},
        {"env-file", {}, {}, true},
        {"cidfile", {}, {}, true},
        {"input", {}, {}, true},
        {"output", {}, {}, true},
        {"pull", {}, {"always", "missing", "never"}, false},
        {"restart", {}, {"no", "on-failure", "always", "unless-stopped"}, false},
        {"signal", {}, {"HUP", "INT", "KILL", "QUIT", "TERM", "USR1", "USR2"}, false},
        {"stop-signal", {}, {"HUP", "INT", "KILL", "QUIT", "TERM", "USR1", "USR2"}, false},
        {"platform", {}, {"linux/amd64", "linux/arm64"}, false},
        {"type", {}, {"container", "image", "network", "volume"}, false},
    };
    const auto found =
        std::find_if(table.begin(), table.end(), [&](const FlagValues& one) { return one.flag == flag; });
    return found == table.end() ? nullptr : &*found;
}

class Completer {
public:
    Completer(std::string prefix, Names& names) : prefix_(std::move(prefix)), names_(names) {}

    Completion take() {
        Completion done;
        done.words.assign(found_.begin(), found_.end());
        done.files = files_;
        return done;
    }

    void first_word() {
        for (const Verb* verb : all_verbs()) {
            if (verb->group.empty() || verb->name.find(' ') == std::string_view::npos) {
                offer(verb->name);
            }
            offer(verb->group);
        }
        for (const OwnWord& own : own_commands()) {
            offer(own.name);
        }
        options();
    }

    void second_word(const std::string& group) {
        for (const Verb* verb : all_verbs()) {
            if (verb->group == group) {
                offer(verb->group_name.empty() ? verb->name : verb->group_name);
            }
        }
    }

    void own(const OwnWord& word, std::size_t typed) {
        if (typed == 1) {
            offer_all(word.values);
        }
        files_ = word.files;
        if (word.name == "lesson" && typed == 2) {
            offer_names(NameKind::lesson);
        }
    }

    void option_value(const OwnWord& option) {
        offer_all(option.values);
        files_ = option.files;
    }

    // `words` stand behind the verb's own name.
    void arguments(const Verb& verb, const Words& words) {
        std::size_t place = 0;
        for (std::size_t i = 0; i < words.size(); ++i) {
            const FlagSpec* flag = flag_wanting(verb.flags, words[i]);
            if (words[i].starts_with('-') && words[i].size() > 1) {
                if (flag != nullptr && i + 1 == words.size()) {
                    return value(*flag);
                }
                i += flag != nullptr ? 1U : 0U;
                continue;
            }
            ++place;
        }
        if (place > 0 && verb.mix == Mix::before_arguments && verb.name != "exec") {
            return;  // the container's own words
        }
        if (prefix_.starts_with('-')) {
            flags(verb);
            return options();
        }
        for (const Words& form : forms_of(verb.usage)) {
            const Place at = place_of(word_at(form, place));
            files_ = files_ || at.files;
            if (at.names.has_value()) {
                offer_names(narrowed(*at.names, verb.name));
            }
        }
    }

private:
    void offer(std::string_view word) {
        if (!word.empty() && word.starts_with(prefix_)) {
            found_.emplace(word);
        }
    }
    void offer_all(const std::vector<std::string_view>& words) {
        for (const std::string_view word : words) {
            offer(word);
        }
    }
    void offer_names(NameKind kind) {
        for (const std::string& name : names_.of(kind)) {
            offer(name);
        }
    }
    void options() {
        if (prefix_.starts_with('-')) {
            for (const OwnWord& option : own_options()) {
                offer(option.name);
            }
        }
    }
    void flags(const Verb& verb) {
        for (const FlagSpec& flag : verb.flags) {
            if (flag.refused.empty()) {
                offer("--" + std::string(flag.name));
            }
        }
        offer("--help");
    }
    void value(const FlagSpec& flag) {
        if (const FlagValues* values = values_of(flag.name)) {
            offer_all(values->words);
            files_ = values->files;
            if (values->names.has_value()) {
                offer_names(*values->names);
            }
        }
    }
    std::string prefix_;
    Names& names_;
    std::set<std::string> found_;
    bool files_ = false;
};

void complete_command(Completer& completer, const Words& typed) {
    if (typed.empty()) {
        return completer.first_word();
    }
    if (const OwnWord* own = find_own(own_commands(), typed.front())) {
        return completer.own(*own, typed.size());
    }
    std::size_t used = 0;
    const Verb* verb = find_verb(typed, used);
    const Verb* grouped = used == 2 ? verb : nullptr;
    if (typed.size() == 1) {
        completer.second_word(typed.front());
    }
    if (verb != nullptr && (grouped != nullptr || used == 1)) {
        completer.arguments(*verb, Words(typed.begin() + static_cast<std::ptrdiff_t>(used), typed.end()));
    }
}

}  // namespace

Completion complete(const std::vector<std::string>& words, Names& names) {
    if (words.empty()) {
        return {};
    }
    Completer completer(words.back(), names);
    const Words before(words.begin(), words.end() - 1);
    const OwnWord* option = before.empty() ? nullptr : find_own(own_options(), before.back());
    if (option != nullptr && option->takes) {
        completer.option_value(*option);
    } else if (const Result<CommandLine> line = read_command_line(before, "")) {
        complete_command(completer, line->words);
    }
    return completer.take();
}

}  // namespace cutaway::cli
