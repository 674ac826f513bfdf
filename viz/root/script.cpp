// SPDX-License-Identifier: Apache-2.0
#include "viz/root/script.h"

#include "core/base/json_codec.h"

namespace cutaway::root {

namespace {

struct ScriptLine {
    std::string perform;
    std::string press;
    std::string type;
    std::string key;
    std::string shot;
    friend bool operator==(const ScriptLine&, const ScriptLine&) = default;
};
CUTAWAY_FIELDS(ScriptLine, perform, press, type, key, shot)

Status act(Studio& studio, const ScriptLine& line, const TakeShot& take) {
    if (!line.perform.empty()) {
        app::Intent perform{app::Act::perform};
        perform.text = line.perform;
        studio.desk().handle(perform);
        TRY(studio.settle());
    }
    if (!line.press.empty()) {
        TRY(studio.press(line.press));
    }
    if (!line.type.empty()) {
        TRY(studio.type(line.type));
    }
    if (!line.key.empty()) {
        TRY(studio.strike(TRY(stroke_of(line.key))));
    }
    return line.shot.empty() ? Status() : take(studio.shoot(line.shot));
}

}  // namespace

Result<shell::Stroke> stroke_of(const std::string& name) {
    shell::Stroke stroke;
    std::string rest = name;
    for (bool more = true; more;) {
        more = false;
        if (rest.starts_with("ctrl+")) {
            stroke.control = more = true;
            rest.erase(0, 5);
        } else if (rest.starts_with("shift+")) {
            stroke.shift = more = true;
            rest.erase(0, 6);
        }
    }
    if (rest.size() == 1) {
        stroke.letter = rest[0];
        return stroke;
    }
    const auto key = from_name<shell::Key>(rest);
    if (!key || *key == shell::Key::letter) {
        return fail(Errc::invalid, "no key is called \"" + name + "\"");
    }
    stroke.key = *key;
    return stroke;
}

Status play_script(Studio& studio, const std::string& lines, const TakeShot& take) {
    std::size_t number = 0;
    for (std::size_t at = 0; at < lines.size(); ++number) {
        const std::size_t end = std::min(lines.find('\n', at), lines.size());
        const std::string text = lines.substr(at, end - at);
        at = end + 1;
        if (text.find_first_not_of(" \t\r") == std::string::npos) {
            continue;
        }
        ScriptLine line;
        json::Reader reader(text);
        if (!json::read(reader, line) || line == ScriptLine{}) {
            return fail(Errc::invalid, "line " + std::to_string(number + 1) + " of the script says nothing to do");
        }
        TRY_IN("line " + std::to_string(number + 1) + " of the script", act(studio, line, take));
    }
    return {};
}

}  // namespace cutaway::root
