// SPDX-License-Identifier: Apache-2.0
// The composition root of `cutaway-window`: arguments in, a session and a surface made, frames drawn until it closes.
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "core/cli/command_line.h"
#include "viz/recording/png.h"
#include "viz/root/frame.h"
#include "viz/root/shots.h"
#include "viz/shell/window.h"

namespace {

using namespace cutaway;

struct Arguments {
    std::string shots;  // the folder of pictures; empty: a window
    std::string trace;  // a recording to look at; empty: a machine
    root::ShotOptions options;
    bool sized = false;
    std::vector<std::string> rest;   // of Cutaway's own options: --root, --world, …
    std::vector<std::string> words;  // behind --: a docker command
};

constexpr const char* help =
    R"(Usage:  cutaway-window [OPTIONS] [TRACE.jsonl] [-- COMMAND...]

The window: type docker commands, step through what they do, look at everything on the way.
With a trace it shows the recording; with a command it begins with that.

      --shots DIR      Draw a picture a stop into DIR instead of opening a window
      --size WxH       Of the window or the pictures (1600x900; pictures 1920x1080)
      --theme NAME     dark, light, projector, contrast
      --scale FACTOR   Of everything drawn, 0.75 to 2.5
      --grain NAME     Where to stop: phase, step, call
      --root DIR, --world model|real, --seed N, --machine NAME, --clock TIME: as cutaway takes them

This is Cutaway's engine, behaving like Docker; it is not your Docker.
)";

int complain(const std::string& text, int status) {
    std::fprintf(stderr, "cutaway-window: %s\n", text.c_str());
    return status;
}

Status read_size(const std::string& text, root::ShotOptions& options) {
    const std::size_t cross = text.find('x');
    const int width = std::atoi(text.c_str());
    const int height = cross == std::string::npos ? 0 : std::atoi(text.c_str() + cross + 1);
    if (width < 320 || height < 240 || width > 8192 || height > 8192) {
        return fail(Errc::invalid, "--size takes a width and a height, as 1920x1080");
    }
    options.width = width;
    options.height = height;
    return {};
}

Status read_option(const std::string& name, const std::string& value, Arguments& into) {
    if (name == "--shots") {
        into.shots = value;
    } else if (name == "--trace") {
        into.trace = value;
    } else if (name == "--size") {
        into.sized = true;
        return read_size(value, into.options);
    } else if (name == "--scale") {
        into.options.zoom = std::strtof(value.c_str(), nullptr);
    } else if (name == "--theme") {
        const auto profile = from_name<theme::Profile>(value);
        if (!profile) {
            return fail(Errc::invalid, "--theme takes dark, light, projector or contrast, not \"" + value + "\"");
        }
        into.options.profile = static_cast<int>(*profile);
    } else if (name == "--grain") {
        const auto grain = from_name<trace::StepMode>(value);
        if (!grain || *grain == trace::StepMode::run) {
            return fail(Errc::invalid, "--grain takes phase, step or call, not \"" + value + "\"");
        }
        into.options.grain = *grain;
    } else {
        into.rest.push_back(name);
        into.rest.push_back(value);
    }
    return {};
}

Result<Arguments> read_arguments(const std::vector<std::string>& given) {
    Arguments out;
    out.options.grain = trace::StepMode::step;
    for (std::size_t i = 0; i < given.size(); ++i) {
        if (given[i] == "--") {
            out.words.assign(given.begin() + static_cast<std::ptrdiff_t>(i) + 1, given.end());
            break;
        }
        if (!given[i].starts_with("--")) {
            if (!out.trace.empty()) {
                return fail(Errc::invalid,
                            "\"" + given[i] + "\": one trace is shown at a time; a command comes behind --");
            }
            out.trace = given[i];
            continue;
        }
        if (i + 1 == given.size()) {
            return fail(Errc::invalid, given[i] + " needs a value");
        }
        TRY(read_option(given[i], given[i + 1], out));
        ++i;
    }
    if (out.shots.empty() && !out.sized) {
        out.options.width = 1600;
        out.options.height = 900;
    }
    if (out.options.zoom < 0.5F || out.options.zoom > 3) {
        return fail(Errc::invalid, "--scale takes a factor from 0.75 to 2.5");
    }
    return out;
}

std::string line_of(const std::vector<std::string>& words) {
    std::string line;
    for (const std::string& word : words) {
        line += (line.empty() ? "" : " ") + (word.find(' ') == std::string::npos ? word : "\"" + word + "\"");
    }
    return line;
}

// A machine on which nothing has happened yet, so that the first start always shows the whole story. With --root or
// CUTAWAY_ROOT it is the machine that `cutaway` works on.
Result<std::string> fresh_machine() {
    const char* temporary = std::getenv("TMPDIR");
    std::string folder =
        std::string(temporary == nullptr ? P_tmpdir : temporary) + "/cutaway-machine-" + std::string(6, 'X');
    if (::mkdtemp(folder.data()) == nullptr) {
        return fail(Errc::io, "make a folder for the simulated machine: " + folder);
    }
    return folder;
}

Result<std::unique_ptr<app::Session>> open_session(const Arguments& arguments, std::function<void()> wake) {
    if (!arguments.trace.empty()) {
        return app::Session::recorded(arguments.trace);
    }
    const char* world = std::getenv("CUTAWAY_WORLD");
    cli::CommandLine line = TRY(cli::read_command_line(arguments.rest, world == nullptr ? "" : world));
    if (line.root.empty() && line.world == "model" && std::getenv("CUTAWAY_ROOT") == nullptr) {
        line.root = TRY(fresh_machine());
    }
    return app::Session::live(line, std::move(wake));
}

// Words apart by ";" are commands of their own, so that a whole story can be drawn.
std::vector<std::string> story_of(const std::vector<std::string>& words) {
    std::vector<std::string> lines;
    std::vector<std::string> one;
    for (const std::string& word : words) {
        if (word == ";") {
            lines.push_back(line_of(std::exchange(one, {})));
        } else {
            one.push_back(word);
        }
    }
    if (!one.empty()) {
        lines.push_back(line_of(one));
    }
    if (lines.empty()) {
        lines.emplace_back("run -d -p 8080:80 --name web nginx");
    }
    return lines;
}

Status draw_shots(const Arguments& arguments, app::Session& session) {
    const auto studio = TRY(root::Studio::create(session, arguments.options));
    return studio->walk(story_of(arguments.words), [&](const root::Shot& shot) {
        const std::string path = arguments.shots + "/" + shot.name + ".png";
        std::printf("%s\n", path.c_str());
        return recording::write_png(path, shot.pixels);
    });
}

void draw_one(shell::Window& window, app::Desk& desk, panels::TypedLine& line, float& scale) {
    app::Intents intents;
    const theme::Theme& theme = theme::theme_of(static_cast<theme::Profile>(desk.state().profile));
    float wanted = scale;
    window.frame(theme.background, [&](const theme::Fonts& fonts, float width, float height) {
        intents = root::draw_frame(desk, fonts, width, height, line).intents;
        wanted = root::scale_of(width, height, desk.state()) * theme.scale;
    });
    for (const app::Intent& intent : intents) {
        desk.handle(intent);
    }
    if (wanted != scale) {
        scale = wanted;
        window.set_scale(scale);
    }
}

Status show_window(const Arguments& arguments, app::Session& session) {
    float scale = 1;
    const auto window = TRY(shell::Window::create(arguments.options.width, arguments.options.height, scale));
    app::Desk desk(session);
    desk.handle(app::Intent{app::Act::set_grain, arguments.options.grain});
    if (!arguments.words.empty() || !session.is_recorded()) {
        app::Intent perform{app::Act::perform};
        perform.text = arguments.words.empty() ? "run -d -p 8080:80 --name web nginx" : line_of(arguments.words);
        desk.handle(perform);
    }
    panels::TypedLine line;
    auto last = std::chrono::steady_clock::now();
    int fresh = 3;  // frames that are still to be drawn: ImGui settles over a few
    while (window->open()) {
        const std::vector<shell::Stroke> strokes = window->wait(fresh > 0 || desk.moving() ? 0.016 : 0.5);
        for (const shell::Stroke& stroke : strokes) {
            if (const auto intent = root::intent_of(stroke, root::is_typing())) {
                desk.handle(*intent);
            }
        }
        const auto now = std::chrono::steady_clock::now();
        (void)desk.tick(std::chrono::duration<double>(now - last).count());
        last = now;
        draw_one(*window, desk, line, scale);
        fresh = strokes.empty() ? std::max(fresh - 1, 0) : 3;
    }
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> given(argv + (argc > 0 ? 1 : 0), argv + argc);
    if (!given.empty() && (given[0] == "--help" || given[0] == "-h")) {
        std::fputs(help, stdout);
        return 0;
    }
    const Result<Arguments> arguments = read_arguments(given);
    if (!arguments) {
        return complain(arguments.error().doing, 125);
    }
    const bool window = arguments->shots.empty();
    auto session = open_session(
        *arguments, window ? &shell::Window::wake : [] {});
    if (!session) {
        return complain(session.error().doing, 1);
    }
    const Status done = window ? show_window(*arguments, **session) : draw_shots(*arguments, **session);
    return done ? 0 : complain(done.error().doing, 1);
}
