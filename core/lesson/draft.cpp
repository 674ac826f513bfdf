// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/draft.h"

#include <algorithm>
#include <map>

namespace cutaway::lesson {

namespace {

constexpr std::size_t most_titles = 8;

struct Told {
    world::Phase phase = world::Phase::none;
    std::vector<std::string> titles;
};

struct Command {
    std::string line;
    std::vector<Told> phases;
};

// As it would be typed, on one line and without what a lesson takes for its own marks.
std::string plain(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    for (std::size_t at = text.find("{{"); at != std::string::npos; at = text.find("{{", at + 2)) {
        text.insert(at + 1, " ");
    }
    return text;
}

std::string quoted(const std::string& word) {
    const bool bare = !word.empty() && word.find_first_of(" '\"\\|;<>&`$") == std::string::npos;
    if (bare) {
        return word;
    }
    std::string out = "'";
    for (const char c : word) {
        out += c == '\'' ? "'\\''" : std::string(1, c);
    }
    return out + "'";
}

void begin_span(std::vector<Command>& commands, const world::SpanStart& span) {
    if (commands.empty() || span.clean_up) {
        return;
    }
    std::vector<Told>& phases = commands.back().phases;
    if (span.grain == world::Grain::phase && span.phase != world::Phase::none) {
        const auto same = [&](const Told& one) { return one.phase == span.phase; };
        if (std::none_of(phases.begin(), phases.end(), same)) {  // a stop finds the first of its phase
            phases.push_back({span.phase, {}});
        }
    } else if (span.grain == world::Grain::step && !phases.empty() && !span.title.empty()) {
        std::vector<std::string>& titles = phases.back().titles;
        if (titles.size() < most_titles && std::find(titles.begin(), titles.end(), span.title) == titles.end()) {
            titles.push_back(plain(span.title));
        }
    }
}

std::vector<Command> commands_of(const std::vector<trace::Event>& story) {
    std::vector<Command> commands;
    for (const trace::Event& event : story) {
        if (const auto* span = std::get_if<world::SpanStart>(&event.body)) {
            begin_span(commands, *span);
        } else if (const auto* note = std::get_if<world::Note>(&event.body)) {
            if (const auto* typed = std::get_if<world::CommandTyped>(note)) {
                std::string line = "docker";
                for (const std::string& word : typed->argv) {
                    line += " " + quoted(plain(word));
                }
                commands.push_back({std::move(line), {}});
            }
        }
    }
    return commands;
}

class Writer {
public:
    explicit Writer(const std::string& id) {
        out_ = "---\nid: " + id +
               "\ntitle: A title for this lesson\nsummary: What it is about, in two or three sentences.\n"
               "goal: What a learner can do afterwards\nminutes: 15\nworlds: model\n---\n\n# A title for this lesson\n";
    }

    void write(const Command& command) {
        ++number_;
        if (command.phases.empty()) {
            step("command", "The command " + std::to_string(number_), command.line);
            run(command.line);
            return;
        }
        for (const Told& told : command.phases) {
            const std::string name(to_name(told.phase));
            step(name, "The phase " + name, "Held where " + name + " begins.");
            if (&told == &command.phases.front()) {
                run(command.line);
            }
            out_ += "\n```stop\nphase: " + name + "\nsay: the phase " + name + " begins\n```\n";
            paragraph(told.titles);
        }
        out_ += "\n```finish\n```\n";
    }

    std::string take() { return std::move(out_); }

private:
    void step(const std::string& id, const std::string& title, const std::string& caption) {
        const int before = used_[id]++;
        const std::string again = before == 0 ? "" : "-" + std::to_string(before + 1);
        out_ += "\n## " + title + (before == 0 ? "" : ", again") + "\n\n```step\nid: " + id + again +
                "\ncaption: " + caption + "\n```\n";
    }

    void run(const std::string& line) { out_ += "\n```run\ndo: " + line + "\n```\n"; }

    void paragraph(const std::vector<std::string>& titles) {
        out_ += titles.empty() ? "\nTell what happens here.\n" : "\nTell what happens here. The story says:\n\n";
        for (const std::string& title : titles) {
            out_ += "- " + title + "\n";
        }
    }

    std::string out_;
    int number_ = 0;
    std::map<std::string, int> used_;
};

}  // namespace

std::string draft(const std::string& id) {
    return "---\nid: " + id + R"(
title: A title for this lesson
summary: What it is about, in two or three sentences.
goal: What a learner can do afterwards
minutes: 10
worlds: model
images: alpine
---

# A title for this lesson

## One step

```step
id: first
words: container
caption: One sentence over the drawing.
note: What a presenter might say or ask here.
```

Tell something, then ask what will happen before it does.

```predict
id: afterwards
ask: The command prints a word and ends. What is left?
answer: find(containers, it.image == "alpine").state
choice: running | A running container | A container runs as long as its main process.
choice: exited | An ended container | It is kept, with its files and its log, until it is removed.
choice: none | Nothing | That would need --rm.
```

```run
do: docker run alpine echo hello
```

```check
claims: 22
holds: any(containers, it.state == "exited" && it.exit_code == 0)
fails: before
text: the container ended and is kept
```

```task
id: again
goal: Have two containers that have ended.
verify: count(containers, it.state == "exited") >= 2
hint: The same command once more.
solve: docker run alpine echo hello
done: Two containers of one image.
```

```card
claims: 1
often: What many documents say.
today: What is true.
```
)";
}

Result<std::string> draft_of(const std::string& id, const std::vector<trace::Event>& story) {
    const std::vector<Command> commands = commands_of(story);
    if (commands.empty()) {
        return fail(Errc::invalid, "no command is told in this trace, so there is nothing to make a lesson from");
    }
    Writer writer(id);
    for (const Command& command : commands) {
        writer.write(command);
    }
    return writer.take();
}

}  // namespace cutaway::lesson
