// SPDX-License-Identifier: Apache-2.0
#include "core/layer/image_recipe.h"

#include <nlohmann/json.hpp>

namespace cutaway::layer {

namespace {

using Json = nlohmann::json;

// The build stops at the first mistake; main() of the tool and parse_recipe catch what nlohmann throws.
struct Reading {
    const oci::Platform& platform;
    const ReadAsset& read;
};

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
        text.replace(at, what.size(), by);
    }
    return text;
}

std::string for_platform(std::string text, const oci::Platform& platform) {
    const std::string_view machine = platform.architecture == "arm64" ? "aarch64" : "x86_64";
    return replaced(replaced(std::move(text), "@arch@", platform.architecture), "@machine@", machine);
}

std::vector<std::string> texts(const Json& object, const char* key, const oci::Platform& platform) {
    std::vector<std::string> list;
    for (const Json& item : object.value(key, Json::array())) {
        list.push_back(for_platform(item.get<std::string>(), platform));
    }
    return list;
}

std::uint32_t mode_of(const Json& object, const char* otherwise) {
    return static_cast<std::uint32_t>(std::stoul(object.value("mode", std::string(otherwise)), nullptr, 8));
}

std::string lines(const Json& text) {  // a list is one line each
    if (text.is_string()) {
        return text.get<std::string>();
    }
    std::string all;
    for (const Json& line : text) {
        all += line.get<std::string>() + "\n";
    }
    return all;
}

// The first line is what the simulated kernel goes by; the second makes each platform's file its own.
std::string program_text(const std::string& name, const oci::Platform& platform) {
    return "#!cutaway-program " + name + "\n" + "built for " + oci::to_text(platform) + "\n";
}

RecipeEntry file_entry(const std::string& path, std::string bytes, std::uint32_t mode) {
    RecipeEntry made;
    made.entry.path = path;
    made.entry.info.mode = mode;
    made.entry.info.size = bytes.size();
    made.bytes = std::move(bytes);
    return made;
}

RecipeEntry link_entry(const std::string& path, const std::string& target) {
    RecipeEntry made;
    made.entry.path = path;
    made.entry.info.type = world::FileType::symlink;
    made.entry.info.mode = 0777;
    made.entry.info.link = target;
    return made;
}

RecipeEntry directory_entry(const std::string& path, std::uint32_t mode) {
    RecipeEntry made;
    made.entry.path = path;
    made.entry.info.type = world::FileType::directory;
    made.entry.info.mode = mode;
    return made;
}

// {"programs": ["nginx"], "in": "usr/sbin"}, {"applets": ["ls"], "in": "bin", "of": "/bin/busybox"}
void add_many(const Json& object, const Reading& reading, std::vector<RecipeEntry>& entries) {
    const std::string in = object.value("in", std::string());
    for (const Json& name : object.value("programs", Json::array())) {
        const auto text = name.get<std::string>();
        entries.push_back(file_entry(in + "/" + text, program_text(text, reading.platform), 0755));
    }
    for (const Json& name : object.value("applets", Json::array())) {
        entries.push_back(link_entry(in + "/" + name.get<std::string>(), object.at("of").get<std::string>()));
    }
    for (const Json& name : object.value("dirs", Json::array())) {
        entries.push_back(
            directory_entry((in.empty() ? "" : in + "/") + name.get<std::string>(), mode_of(object, "755")));
    }
}

Result<RecipeEntry> one_entry(const Json& object, const Reading& reading) {
    const auto path = object.at("path").get<std::string>();
    RecipeEntry made;
    if (object.contains("text")) {
        made = file_entry(path, for_platform(lines(object.at("text")), reading.platform), mode_of(object, "644"));
    } else if (object.contains("program")) {
        made = file_entry(path, program_text(object.at("program").get<std::string>(), reading.platform),
                          mode_of(object, "755"));
    } else if (object.contains("file")) {
        made = file_entry(path, TRY(reading.read(object.at("file").get<std::string>())), mode_of(object, "755"));
    } else if (object.contains("link")) {
        made = link_entry(path, object.at("link").get<std::string>());
    } else if (object.contains("hardlink")) {
        made.entry.path = path;
        made.entry.hardlink = object.at("hardlink").get<std::string>();
    } else if (object.value("whiteout", false)) {
        const std::size_t slash = path.rfind('/') + 1;
        made = file_entry(path.substr(0, slash) + ".wh." + path.substr(slash), "", 0);
    } else if (object.value("dir", false)) {
        made = directory_entry(path, mode_of(object, "755"));
    } else {
        return fail(Errc::invalid, "\"" + path + "\" is none of text, program, file, link, hardlink, whiteout, dir");
    }
    made.entry.info.uid = object.value("uid", 0U);
    made.entry.info.gid = object.value("gid", 0U);
    return made;
}

Result<RecipeStep> read_step(const Json& object, const Reading& reading) {
    RecipeStep step;
    step.by = for_platform(object.at("by").get<std::string>(), reading.platform);
    step.published = object.value("published", std::uint64_t{0});
    if (!object.contains("entries")) {
        return step;
    }
    step.entries.emplace();
    for (const Json& entry : object.at("entries")) {
        if (entry.contains("path")) {
            step.entries->push_back(TRY(one_entry(entry, reading)));
        } else {
            add_many(entry, reading, *step.entries);
        }
    }
    return step;
}

oci::RunDefaults read_config(const Json& object, const oci::Platform& platform) {
    oci::RunDefaults config;
    config.user = object.value("user", std::string());
    config.exposed_ports = texts(object, "exposed_ports", platform);
    config.env = texts(object, "env", platform);
    config.entrypoint = texts(object, "entrypoint", platform);
    config.cmd = texts(object, "cmd", platform);
    config.volumes = texts(object, "volumes", platform);
    config.working_dir = object.value("working_dir", std::string());
    config.stop_signal = object.value("stop_signal", std::string());
    const Json labels = object.value("labels", Json::object());
    for (const auto& label : labels.items()) {
        config.labels[label.key()] = label.value().get<std::string>();
    }
    return config;
}

Result<ImageRecipe> read_recipe(const Json& document, const Reading& reading) {
    ImageRecipe recipe;
    recipe.repository = document.value("repository", std::string());
    recipe.tags = texts(document, "tags", reading.platform);
    recipe.base = document.value("base", std::string());
    recipe.created = document.at("created").get<std::string>();
    for (const std::string& platform : texts(document, "platforms", reading.platform)) {
        recipe.platforms.push_back(TRY(oci::parse_platform(platform)));
    }
    recipe.config = read_config(document.value("config", Json::object()), reading.platform);
    for (const Json& step : document.at("steps")) {
        recipe.steps.push_back(TRY(read_step(step, reading)));
    }
    return recipe;
}

}  // namespace

Result<ImageRecipe> parse_recipe(std::string_view text, const oci::Platform& platform, const ReadAsset& read) {
    try {
        return read_recipe(Json::parse(text), {platform, read});
    } catch (const std::exception& problem) {  // a misspelled recipe stops the build and is told as it is
        return fail(Errc::invalid, problem.what());
    }
}

}  // namespace cutaway::layer
