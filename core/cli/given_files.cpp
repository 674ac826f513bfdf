// SPDX-License-Identifier: Apache-2.0
#include "core/cli/given_files.h"

namespace cutaway::cli {

namespace {

std::string trimmed(std::string_view text) {
    const std::size_t from = text.find_first_not_of(" \t\r");
    return from == std::string_view::npos ? ""
                                          : std::string(text.substr(from, text.find_last_not_of(" \t\r") + 1 - from));
}

// A line is NAME=VALUE; a name alone is the client's own variable, of which there is none here.
Status add_lines(const std::string& path, std::string_view text, bool variables, std::vector<std::string>& all) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#') {
            continue;
        }
        const std::string name = line.substr(0, line.find('='));
        if (name.empty() || (variables && name.find_first_of(" \t") != std::string::npos)) {
            return fail(Errc::invalid, "invalid " + std::string(variables ? "env" : "label") + " file (" + path +
                                           "): " +
                                           (name.empty() ? "no variable name on line '" + line + "'"
                                                         : "variable '" + name + "' contains whitespaces"));
        }
        if (!variables || line.size() > name.size()) {
            all.push_back(std::move(line));
        }
    }
    return {};
}

Status put_before(const Invocation& call, std::string_view file_flag, const std::string& flag, Parsed& given) {
    std::vector<std::string> all;
    for (const std::string& path : call.given.list(file_flag)) {
        const Result<std::string> text = call.engine.world().disk.read(on_host(call.console, path));
        if (!text) {
            return Error{
                text.error().code, 0,
                "open " + path +
                    (text.error().code == Errc::not_found ? ": no such file or directory" : ": " + text.error().doing)};
        }
        TRY(add_lines(path, *text, flag == "env", all));
    }
    if (!all.empty()) {
        std::vector<std::string>& typed = given.values[flag];
        typed.insert(typed.begin(), all.begin(), all.end());
    }
    return {};
}

}  // namespace

Result<Parsed> with_given_files(const Invocation& call) {
    Parsed given = call.given;
    TRY(put_before(call, "env-file", "env", given));
    TRY(put_before(call, "label-file", "label", given));
    const std::string id_file = given.text("cidfile");
    if (!id_file.empty()) {
        const std::string path = on_host(call.console, id_file);
        if (call.engine.world().disk.stat(path)) {
            return fail(Errc::exists,
                        "container ID file found, make sure the other container isn't running or delete " + id_file);
        }
        given.values["cidfile"] = {path};
    }
    return given;
}

}  // namespace cutaway::cli
