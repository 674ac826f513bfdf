// SPDX-License-Identifier: Apache-2.0
#include "core/cli/verb.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/cli/docker_flags.h"
#include "core/trace/redact.h"

namespace cutaway::cli {

namespace {

std::string usage_of(const Verb& verb) {
    return "\nUsage:  docker " + std::string(verb.name) + (verb.usage.empty() ? "" : " " + std::string(verb.usage)) +
           "\n";
}

// docker has two closing lines: one for flags, one for the number of arguments.
void more(Console& console, std::string_view word, const Verb& verb) {
    console.err("\n" + std::string(word) + " 'docker " + std::string(verb.name) + " --help' for more information\n");
}

void print_help(Console& console, const Verb& verb) {
    std::string text = usage_of(verb).substr(1) + "\n" + std::string(verb.help) + "\n";
    if (!verb.group.empty()) {
        text += "\nAliases:\n  docker " + std::string(verb.group) + " " +
                std::string(verb.group_name.empty() ? verb.name : verb.group_name) + ", docker " +
                std::string(verb.name) + "\n";
    }
    if (!verb.flags.empty()) {
        text += "\nOptions:\n";
        std::size_t width = 0;
        for (const FlagSpec& flag : verb.flags) {
            width = std::max(width, flag.name.size());
        }
        for (const FlagSpec& flag : verb.flags) {
            text += flag.letter == 0 ? "      --" : std::string("  -") + flag.letter + ", --";
            text += std::string(flag.name) + std::string(width - flag.name.size() + 3, ' ') + std::string(flag.help);
            text += flag.refused.empty() ? "\n" : " (" + std::string(flag.refused) + ")\n";
        }
    }
    console.out(text);
}

std::string wanted_arguments(const Verb& verb) {
    const auto count = [](int n) { return std::to_string(n) + " argument" + (n == 1 ? "" : "s"); };
    if (verb.most == 0) {
        return "accepts no arguments";
    }
    if (verb.least == verb.most) {
        return "requires " + count(verb.least);
    }
    if (verb.most < 0) {
        return "requires at least " + count(verb.least);
    }
    return verb.least == 0 ? "requires at most " + count(verb.most)
                           : "requires at least " + std::to_string(verb.least) + " and at most " + count(verb.most);
}

std::vector<Verb> make_all() {
    std::vector<Verb> all;
    for (const auto* table : {&container_verbs(), &image_verbs(), &system_verbs(), &object_verbs(), &observing_verbs(),
                              &event_verbs(), &inspecting_verbs(), &clean_verbs(), &copying_verbs(), &archiving_verbs(),
                              &updating_verbs(), &registry_verbs()}) {
        all.insert(all.end(), table->begin(), table->end());
    }
    for (Verb& verb : all) {
        add_docker_flags(verb);
    }
    return all;
}

const std::vector<Verb>& every_verb() {
    static const std::vector<Verb> all = make_all();
    return all;
}

const Verb* by_name(std::string_view group, std::string_view name) {
    for (const Verb& verb : every_verb()) {
        const std::string_view grouped = verb.group_name.empty() ? verb.name : verb.group_name;
        if (group.empty() ? verb.name == name : verb.group == group && (grouped == name || verb.name == name)) {
            return &verb;
        }
    }
    return nullptr;
}

bool asks_for_help(const Verb& verb, const std::vector<std::string>& words) {
    for (const std::string& word : words) {
        const bool own = verb.mix == Mix::before_arguments && !word.starts_with('-');
        if (word == "--" || own) {
            return false;
        }
        if (word == "--help") {
            return true;
        }
    }
    return false;
}

}  // namespace

std::vector<const Verb*> all_verbs() {
    std::vector<const Verb*> all;
    for (const Verb& verb : every_verb()) {
        all.push_back(&verb);
    }
    return all;
}

const Verb* find_verb(const std::vector<std::string>& words, std::size_t& used) {
    used = 1;
    if (words.empty()) {
        return nullptr;
    }
    if (words.size() > 1) {
        if (const Verb* verb = by_name(words[0], words[1])) {
            used = 2;
            return verb;
        }
    }
    return by_name("", words[0]);
}

namespace {

bool is_group(std::string_view word) {
    const std::vector<Verb>& all = every_verb();
    return std::any_of(all.begin(), all.end(), [&](const Verb& verb) { return verb.group == word; });
}

// docker's verbs that Cutaway does not have: they are no typing mistakes, and are told so.
bool is_dockers(std::string_view first, std::string_view second) {
    constexpr auto alone = std::to_array<std::string_view>({"build", "builder", "buildx", "checkpoint", "compose",
                                                            "config", "context", "manifest", "node", "plugin", "search",
                                                            "secret", "service", "stack", "swarm", "trust", "scout"});
    constexpr auto grouped =
        std::to_array<std::string_view>({"image build", "system dial-stdio", "volume update", "image tree"});
    const std::string both = std::string(first) + " " + std::string(second);
    return std::find(alone.begin(), alone.end(), first) != alone.end() ||
           std::find(grouped.begin(), grouped.end(), both) != grouped.end();
}

std::string_view title_of(std::string_view group) {
    constexpr auto titles =
        std::to_array<std::pair<std::string_view, std::string_view>>({{"container", "Manage containers"},
                                                                      {"image", "Manage images"},
                                                                      {"network", "Manage networks"},
                                                                      {"system", "Manage Docker"},
                                                                      {"volume", "Manage volumes"}});
    const auto* found = std::find_if(titles.begin(), titles.end(), [&](const auto& one) { return one.first == group; });
    return found == titles.end() ? std::string_view() : found->second;
}

// A group without a verb behind it: what there is of it, on standard error, and no failure.
int tell_group(Console& console, const std::string& group) {
    std::map<std::string, std::string_view> verbs;
    std::size_t width = 0;
    for (const Verb& verb : every_verb()) {
        if (verb.group == group) {
            std::string name(verb.group_name.empty() ? verb.name : verb.group_name);
            name = name.starts_with(group + " ") ? name.substr(group.size() + 1) : name;
            width = std::max(width, name.size());
            verbs.emplace(name, verb.help);
        }
    }
    console.err("Usage:  docker " + group + " COMMAND\n\n" + std::string(title_of(group)) + "\n\nCommands:\n");
    for (const auto& [name, help] : verbs) {
        console.err("  " + name + std::string(width - name.size() + 2, ' ') + std::string(help) + "\n");
    }
    console.err("\nRun 'docker " + group + " COMMAND --help' for more information on a command.\n");
    return 0;
}

int unknown(Console& console, const std::vector<std::string>& words) {
    const std::string first = words.empty() ? "" : words.front();
    if (words.size() == 1 && is_group(first)) {
        return tell_group(console, first);
    }
    if (is_dockers(first, words.size() > 1 ? words[1] : "")) {
        const std::string name = is_dockers(first, "") ? first : first + " " + words[1];
        console.err("cutaway: 'docker " + name + "' is not built yet; 'cutaway --help' says what is\n");
    } else if (words.size() > 1 && is_group(first)) {
        console.err("docker: unknown command: docker " + first + " " + words[1] + "\n\nUsage:  docker " + first +
                    "\n\nRun 'docker " + first + " --help' for more information\n");
    } else {
        console.err("docker: unknown command: docker " + first + "\n\nRun 'docker --help' for more information\n");
    }
    return 1;
}

}  // namespace

namespace {

int tell_misuse(const Invocation& call, std::string_view text) {
    call.console.err(std::string(text) + "\n" + usage_of(call.verb));
    more(call.console, "Run", call.verb);
    return 125;
}

}  // namespace

bool changes_something(const std::vector<std::string>& words) {
    constexpr auto looking = std::to_array<std::string_view>({"ps",
                                                              "logs",
                                                              "port",
                                                              "wait",
                                                              "images",
                                                              "history",
                                                              "save",
                                                              "export",
                                                              "info",
                                                              "version",
                                                              "events",
                                                              "inspect",
                                                              "diff",
                                                              "top",
                                                              "stats",
                                                              "system df",
                                                              "container inspect",
                                                              "image inspect",
                                                              "network ls",
                                                              "network inspect",
                                                              "volume ls",
                                                              "volume inspect"});
    std::size_t used = 0;
    const Verb* verb = find_verb(words, used);
    if (verb == nullptr) {
        const bool fault = words.size() > 2 && words[0] == "model" && words[1] == "fault" && words[2] != "list";
        return fault || (!words.empty() && words.front() == "sh");
    }
    return std::find(looking.begin(), looking.end(), verb->name) == looking.end();
}

int perform(engine::Engine& engine, Console& console, const std::vector<std::string>& words) {
    std::size_t used = 0;
    const Verb* verb = find_verb(words, used);
    if (verb == nullptr) {
        return unknown(console, words);
    }
    const std::vector<std::string> rest(words.begin() + static_cast<std::ptrdiff_t>(used), words.end());
    if (asks_for_help(*verb, rest)) {
        print_help(console, *verb);
        return 0;
    }
    const Result<Parsed> parsed = parse_flags(rest, verb->flags, verb->mix);
    if (!parsed) {
        const Invocation call{engine, console, {}, *verb};
        // a refusal holds names of flags and nothing that was typed, so nothing of it is blotted out ("--secret")
        return parsed.error().code == Errc::unsupported ? tell_misuse(call, parsed.error().doing)
                                                        : misuse(call, parsed.error().doing);
    }
    const auto count = static_cast<int>(parsed->arguments.size());
    if (count < verb->least || (verb->most >= 0 && count > verb->most)) {
        console.err("docker: 'docker " + std::string(verb->name) + "' " + wanted_arguments(*verb) + "\n" +
                    usage_of(*verb));
        more(console, verb->most < 0 ? "See" : "Run", *verb);
        return 1;
    }
    Invocation call{engine, console, *parsed, *verb};
    return verb->perform(call);
}

std::string shown(std::string_view text) {
    std::string safe(text);
    trace::redact_text(safe);
    return safe;
}

int misuse(const Invocation& call, std::string_view text) { return tell_misuse(call, shown(text)); }

int refuse(Invocation& call, const Error& error) {
    call.console.err("Error response from daemon: " + shown(error.doing) + "\n");
    return 1;
}

int for_each_argument(Invocation& call, Status (*work)(Invocation&, const std::string&)) {
    int status = 0;
    for (const std::string& argument : call.given.arguments) {
        if (const Status done = work(call, argument); !done) {
            status = refuse(call, done.error());
        } else {
            call.console.out(argument + "\n");
        }
    }
    return status;
}

}  // namespace cutaway::cli
