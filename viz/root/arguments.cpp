// SPDX-License-Identifier: Apache-2.0
#include "viz/root/arguments.h"

#include <cstdlib>

namespace cutaway::root {

const char* const window_help =
    R"(Usage:  cutaway-window [OPTIONS] [FILE] [-- COMMAND...]

The window: type docker commands, step through what they do, look at everything on the way.
FILE is a trace, which is shown, or a moment that somebody kept, at which you go on. With a command it begins with that.

      --lesson ID      Play a lesson, where you stopped, or --from STEP; --lesson list begins with the list
      --present        For a class: larger type, the lesson's card and the drawing alone (F5)
      --shots DIR      Draw a picture a stop, or a page of the lesson, into DIR instead of opening a window
      --script FILE    With --shots: do what the lines of FILE say, and draw where they say so
      --size WxH       Of the window or the pictures (1600x900; pictures 1920x1080)
      --theme NAME     dark, light, projector, contrast
      --scale FACTOR   Of everything drawn, 0.75 to 2.5
      --grain NAME     Where to stop: phase, step, call
      --engine PATH    See and hold what others do at an engine behind a socket (CUTAWAY_ENGINE)
      --root DIR, --world model|real, --seed N, --machine NAME, --clock TIME: as cutaway takes them

This is Cutaway's engine, behaving like Docker; it is not your Docker.
)";

namespace {

Status read_size(const std::string& text, ShotOptions& options) {
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
    } else if (name == "--script") {
        into.script = value;
    } else if (name == "--lesson") {
        into.lesson = value;
    } else if (name == "--from") {
        into.from = value;
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
        into.themed = true;
        into.options.profile = static_cast<int>(*profile);
    } else if (name == "--grain") {
        const auto grain = from_name<trace::StepMode>(value);
        if (!grain || *grain == trace::StepMode::run) {
            return fail(Errc::invalid, "--grain takes phase, step or call, not \"" + value + "\"");
        }
        into.grained = true;
        into.options.grain = *grain;
    } else {
        into.rest.push_back(name);
        into.rest.push_back(value);
    }
    return {};
}

}  // namespace

Result<Arguments> read_arguments(const std::vector<std::string>& given) {
    Arguments out;
    out.options.grain = trace::StepMode::step;
    for (std::size_t i = 0; i < given.size(); ++i) {
        if (given[i] == "--") {
            out.words.assign(given.begin() + static_cast<std::ptrdiff_t>(i) + 1, given.end());
            break;
        }
        if (given[i] == "--present") {
            out.present = true;
            continue;
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
    if (!out.lesson.empty() && (!out.trace.empty() || !out.words.empty())) {
        return fail(Errc::invalid, "--lesson plays a lesson; a trace or a command is shown without it");
    }
    if (!out.script.empty() && out.shots.empty()) {
        return fail(Errc::invalid, "--script draws into a folder: say which with --shots");
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

}  // namespace cutaway::root
