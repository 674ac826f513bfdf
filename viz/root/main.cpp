// SPDX-License-Identifier: Apache-2.0
// The composition root of `cutaway-window`: arguments in, a session and a surface made, frames drawn until it closes.
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "core/cli/root_wire.h"
#include "core/lesson/catalog.h"
#include "viz/recording/png.h"
#include "viz/root/arguments.h"
#include "viz/root/frame.h"
#include "viz/root/script.h"
#include "viz/shell/window.h"

namespace {

using namespace cutaway;

int complain(const std::string& text, int status) {
    std::fprintf(stderr, "cutaway-window: %s\n", text.c_str());
    return status;
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

Result<std::unique_ptr<app::Session>> open_session(const root::Arguments& arguments, std::function<void()> wake) {
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

Result<std::string> read_whole(const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (file == nullptr) {
        return fail(Errc::not_found, "the script " + path + " cannot be read");
    }
    std::string text;
    std::array<char, 4096> piece{};
    while (const std::size_t got = std::fread(piece.data(), 1, piece.size(), file)) {
        text.append(piece.data(), got);
    }
    (void)std::fclose(file);
    return text;
}

Status draw_shots(const root::Arguments& arguments, app::Room& room) {
    const auto studio = TRY(root::Studio::create(room, arguments.options));
    const auto take = [&](const root::Shot& shot) {
        const std::string path = arguments.shots + "/" + shot.name + ".png";
        std::printf("%s\n", path.c_str());
        return recording::write_png(path, shot.pixels);
    };
    if (!arguments.script.empty()) {
        return root::play_script(*studio, TRY(read_whole(arguments.script)), take);
    }
    if (arguments.words.empty() && !arguments.trace.empty() && app::is_moment_file(arguments.trace)) {
        constexpr std::int64_t patience_ns = 60'000'000'000;
        if (!room.settle(patience_ns)) {
            return fail(Errc::timeout, "open the moment: its command neither stops nor ends");
        }
        return take(studio->shoot("moment"));
    }
    return room.lecture() != nullptr ? studio->walk_lesson(take) : studio->walk(story_of(arguments.words), take);
}

void draw_one(shell::Window& window, app::Room& room, root::Typing& typing, float& scale) {
    app::Intents intents;
    const theme::Theme& theme = theme::theme_of(static_cast<theme::Profile>(room.desk().state().profile));
    float wanted = scale;
    window.frame(theme.background, [&](const theme::Fonts& fonts, float width, float height) {
        intents = root::draw_frame(room, fonts, width, height, typing).intents;
        wanted = root::scale_of(width, height, room);
    });
    for (const app::Intent& intent : intents) {
        room.handle(intent);
    }
    if (wanted != scale) {
        scale = wanted;
        window.set_scale(scale);
    }
}

// The flagship, ready to play, unless something else was asked for.
void set_stage(const root::Arguments& arguments, app::Room& room) {
    const Status remembers = room.remember();
    if (arguments.grained) {
        room.desk().handle(app::Intent{app::Act::set_grain, arguments.options.grain});
    }
    while (arguments.themed && room.desk().state().profile != arguments.options.profile) {
        room.desk().handle(app::Intent{app::Act::next_theme});
    }
    if (!remembers) {
        room.desk().say("What this window remembered is lost: " + remembers.error().doing);
    }
    if (arguments.lesson == "list") {
        room.handle(app::Intent{app::Act::lessons});
    }
    const bool plays = room.lecture() == nullptr && room.visit() == nullptr;
    if (plays && (!arguments.words.empty() || arguments.trace.empty())) {
        app::Intent perform{app::Act::perform};
        perform.text = arguments.words.empty() ? "run -d -p 8080:80 --name web nginx" : line_of(arguments.words);
        room.desk().handle(perform);
    }
}

Status show_window(const root::Arguments& arguments, app::Room& room) {
    float scale = 1;
    const auto window = TRY(shell::Window::create(arguments.options.width, arguments.options.height, scale));
    set_stage(arguments, room);
    root::Typing typing;
    auto last = std::chrono::steady_clock::now();
    int fresh = 3;  // frames that are still to be drawn: ImGui settles over a few
    while (window->open()) {
        const std::vector<shell::Stroke> strokes = window->wait(fresh > 0 || room.moving() ? 0.016 : 1);
        for (const shell::Stroke& stroke : strokes) {
            if (const auto intent = root::intent_of(stroke, root::keyboard_of(room))) {
                room.handle(*intent);
            }
        }
        for (const std::string& path : window->dropped()) {
            app::Intent open{app::Act::open_trace};
            open.text = path;
            room.handle(open);
        }
        window->hold_keys(room.state().lessons, root::keyboard_of(room).terminal);
        const auto now = std::chrono::steady_clock::now();
        const bool changed = room.tick(std::chrono::duration<double>(now - last).count());
        last = now;
        TRY(room.usable());
        if (!strokes.empty() || changed || window->stirred()) {
            fresh = 3;
        }
        if (fresh > 0 || room.moving()) {
            draw_one(*window, room, typing, scale);
            fresh = std::max(fresh - 1, 0);
        }
    }
    return {};
}

// Progress of lessons is kept where `cutaway lesson` keeps it, whatever machine the window works on.
Result<std::unique_ptr<app::Room>> open_room(const root::Arguments& arguments, const std::function<void()>& wake) {
    const char* world = std::getenv("CUTAWAY_WORLD");
    app::Lessons lessons;
    lessons.catalog = lesson::make_catalog(lesson::standard_texts(), "lessons/");
    lessons.line = TRY(cli::read_command_line(arguments.rest, world == nullptr ? "" : world));
    const cli::CommandLine line = cli::with_engine(lessons.line);
    lessons.line.world = "model";  // what a lesson in the window does never touches this machine
    lessons.wake = wake;
    auto room =
        std::make_unique<app::Room>(std::move(lessons), [arguments, wake] { return open_session(arguments, wake); });
    if (!line.engine.empty() && arguments.trace.empty() && line.root.empty()) {
        room->open_visit(TRY(cli::watch_at(line.engine, wake)));
    }
    if (!arguments.trace.empty()) {
        TRY(room->open_file(arguments.trace));
    } else if (arguments.lesson.empty() || arguments.lesson == "list") {
        TRY(room->open_free());
    } else {
        TRY(room->open_lesson(arguments.lesson, arguments.from));
    }
    if (arguments.present) {
        room->handle(app::Intent{app::Act::present});
    }
    return room;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> given(argv + (argc > 0 ? 1 : 0), argv + argc);
    if (!given.empty() && (given[0] == "--help" || given[0] == "-h")) {
        std::fputs(root::window_help, stdout);
        return 0;
    }
    const Result<root::Arguments> arguments = root::read_arguments(given);
    if (!arguments) {
        return complain(arguments.error().doing, 125);
    }
    const bool window = arguments->shots.empty();
    auto room = open_room(
        *arguments, window ? &shell::Window::wake : [] {});
    if (!room) {
        return complain(room.error().doing, 1);
    }
    const Status done = window ? show_window(*arguments, **room) : draw_shots(*arguments, **room);
    return done ? 0 : complain(done.error().doing, 1);
}
