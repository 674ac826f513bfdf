// SPDX-License-Identifier: Apache-2.0
#include "core/registry/logins.h"

#include <optional>

#include <nlohmann/json.hpp>

namespace cutaway::registry {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t max_file = std::size_t{4} << 20U;
constexpr std::string_view hub_key = "https://index.docker.io/v1/";

Error unreadable(const std::string& path) { return fail(Errc::invalid, "error parsing config file (" + path + ")"); }

Result<Json> read_file(world::World& world, const std::string& path) {
    const Result<std::string> text = world.disk.read(path);
    if (!text) {
        return text.error().code == Errc::not_found ? Result<Json>(Json::object()) : Result<Json>(text.error());
    }
    Json json = text->size() > max_file ? Json() : Json::parse(*text, nullptr, false);
    return json.is_object() ? Result<Json>(std::move(json)) : Result<Json>(unreadable(path));
}

Status write_file(world::World& world, const std::string& path, const Json& json) {
    const std::string text = json.dump(1, '\t', false, Json::error_handler_t::replace);
    return world.disk.save(path, text, world::Durability::durable);
}

std::string text_at(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json object_at(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_object() ? *found : Json::object();
}

// "registry.example" of "https://registry.example/v1/": old files have whole addresses as keys.
std::string host_of(std::string_view key) {
    const std::size_t scheme = key.find("://");
    key.remove_prefix(scheme == std::string_view::npos ? 0 : scheme + 3);
    return std::string(key.substr(0, key.find('/')));
}

std::string helper_of(const Json& json, const std::string& key) {
    const std::string own = text_at(object_at(json, "credHelpers"), key.c_str());
    return own.empty() ? text_at(json, "credsStore") : own;
}

std::optional<std::string> decode(std::string_view text) {
    std::string out;
    std::uint32_t group = 0;
    int digits = 0;
    while (!text.empty() && text.back() == '=') {
        text.remove_suffix(1);
    }
    for (const char c : text) {
        const int value = c >= 'A' && c <= 'Z'   ? c - 'A'
                          : c >= 'a' && c <= 'z' ? c - 'a' + 26
                          : c >= '0' && c <= '9' ? c - '0' + 52
                          : c == '+'             ? 62
                          : c == '/'             ? 63
                                                 : -1;
        if (value < 0) {
            return std::nullopt;
        }
        group = (group << 6U) | static_cast<std::uint32_t>(value);
        digits += 6;
        if (digits >= 8) {
            digits -= 8;
            out.push_back(static_cast<char>((group >> static_cast<unsigned>(digits)) & 0xFFU));
        }
    }
    return out;
}

// {"auth": base64 of "name:password", "identitytoken"}, also with the two words by themselves.
Result<Credentials> read_entry(const Json& entry, const std::string& path) {
    Credentials known;
    known.username = text_at(entry, "username");
    known.password = text_at(entry, "password");
    known.identity_token = text_at(entry, "identitytoken");
    if (const std::string auth = text_at(entry, "auth"); !auth.empty()) {
        const auto both = decode(auth);
        const std::size_t colon = both ? both->find(':') : std::string::npos;
        if (colon == std::string::npos) {
            return unreadable(path);
        }
        known.username = both->substr(0, colon);
        known.password = both->substr(colon + 1);
    }
    return known;
}

Result<std::string> run(const LoginFile& file, const std::string& helper, const std::string& verb,
                        const std::string& input) {
    const bool plain = helper.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
                       std::string::npos;  // a word of a file becomes the name of a program
    if (!file.run_helper || !plain) {
        return fail(Errc::not_found, "error getting credentials - err: exec: \"docker-credential-" + helper +
                                         "\": executable file not found in $PATH, out: ``");
    }
    return file.run_helper(helper, verb, input);
}

Result<Credentials> ask_helper(const LoginFile& file, const std::string& helper, const std::string& key) {
    const Result<std::string> said = run(file, helper, "get", key);
    if (!said) {
        const bool none = said.error().doing.find("credentials not found in native keychain") != std::string::npos;
        return none ? Result<Credentials>(Credentials{}) : Result<Credentials>(said.error());
    }
    const Json json = Json::parse(*said, nullptr, false);
    if (!json.is_object()) {
        return fail(Errc::invalid, "docker-credential-" + helper + " answered something that is no JSON object");
    }
    Credentials known;
    known.username = text_at(json, "Username");
    known.password = text_at(json, "Secret");
    if (known.username == "<token>") {
        known = {"", "", known.password};
    }
    return known;
}

Json entry_of(const Credentials& credentials) {
    Json entry = Json::object();
    if (!credentials.username.empty()) {
        entry["auth"] = base64(credentials.username + ":" + credentials.password);
    }
    if (!credentials.identity_token.empty()) {
        entry["identitytoken"] = credentials.identity_token;
    }
    return entry;
}

Status store_with(const LoginFile& file, const std::string& helper, const std::string& key,
                  const Credentials& credentials) {
    const bool token = !credentials.identity_token.empty();
    const Json input = {{"ServerURL", key},
                        {"Username", token ? "<token>" : credentials.username},
                        {"Secret", token ? credentials.identity_token : credentials.password}};
    const Result<std::string> said =
        run(file, helper, "store", input.dump(-1, ' ', false, Json::error_handler_t::replace));
    return said ? Status() : Status(said.error());
}

}  // namespace

std::string login_key(std::string_view registry) { return std::string(registry == "docker.io" ? hub_key : registry); }

Result<Credentials> find_login(world::World& world, const LoginFile& file, std::string_view registry) {
    const Json json = TRY(read_file(world, file.path));
    const std::string key = login_key(registry);
    if (const std::string helper = helper_of(json, key); !helper.empty()) {
        return ask_helper(file, helper, key);
    }
    const Json auths = object_at(json, "auths");
    if (const auto exact = auths.find(key); exact != auths.end()) {
        return read_entry(*exact, file.path);
    }
    for (const auto& [name, entry] : auths.items()) {
        if (host_of(name) == host_of(key)) {
            return read_entry(entry, file.path);
        }
    }
    return Credentials{};
}

Result<std::string> keep_login(world::World& world, const LoginFile& file, std::string_view registry,
                               const Credentials& credentials) {
    Json json = TRY(read_file(world, file.path));
    const std::string key = login_key(registry);
    const std::string helper = helper_of(json, key);
    Json auths = object_at(json, "auths");
    auths[key] = Json::object();  // with a helper, only that somebody has logged in
    if (helper.empty()) {
        auths[key] = entry_of(credentials);
    } else {
        TRY(store_with(file, helper, key, credentials));
    }
    json["auths"] = std::move(auths);
    TRY(write_file(world, file.path, json));
    return helper;
}

Result<bool> forget_login(world::World& world, const LoginFile& file, std::string_view registry) {
    Json json = TRY(read_file(world, file.path));
    const std::string key = login_key(registry);
    Json auths = object_at(json, "auths");
    const bool kept = auths.erase(key) > 0;
    if (const std::string helper = helper_of(json, key); kept && !helper.empty()) {
        TRY(run(file, helper, "erase", key));
    }
    if (kept) {
        json["auths"] = std::move(auths);
        TRY(write_file(world, file.path, json));
    }
    return kept;
}

}  // namespace cutaway::registry
