// SPDX-License-Identifier: Apache-2.0
// Reading. Two programs that read the same bytes differently are how a checked image becomes an unchecked one
// (CVE-2021-41190: one document, a manifest to one client and an index to another), so whatever Go's decoder and ours
// might see differently is refused: duplicate keys, top-level keys that differ from ours in case, bytes behind a NUL.
#include "core/oci/codec.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <limits>
#include <set>

#include <nlohmann/json.hpp>

#include "core/oci/media_type.h"

namespace cutaway::oci {

namespace {

using Json = nlohmann::json;

struct Refusal {  // thrown and caught within parse_strict only
    std::string why;
};

// Sees every event of the parser; keeps the keys of each object that is still open.
class Watchman {
public:
    bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
        if (event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start) {
            if (depth >= max_document_depth) {
                throw Refusal{"nested deeper than " + std::to_string(max_document_depth) + " levels"};
            }
        }
        if (event == Json::parse_event_t::object_start) {
            open_.emplace_back();
        } else if (event == Json::parse_event_t::object_end) {
            open_.pop_back();
        } else if (event == Json::parse_event_t::key) {
            const auto& key = parsed.get_ref<const std::string&>();
            if (!open_.back().insert(key).second) {
                throw Refusal{"the key \"" + key + "\" appears twice"};
            }
        }
        return true;
    }

private:
    std::vector<std::set<std::string>> open_;
};

Result<Json> parse_strict(std::string_view bytes) {
    if (bytes.size() > max_document_bytes) {
        return fail(Errc::invalid, "the document has more than 4 MiB");
    }
    if (bytes.find('\0') != std::string_view::npos) {  // the library would take it for the end
        return fail(Errc::invalid, "the document holds a NUL byte");
    }
    try {
        Watchman watchman;
        Json document = Json::parse(
            bytes.begin(), bytes.end(),
            [&](int depth, Json::parse_event_t event, Json& parsed) { return watchman(depth, event, parsed); });
        if (!document.is_object()) {
            return fail(Errc::invalid, "the document is not a JSON object");
        }
        return document;
    } catch (const Refusal& refusal) {
        return fail(Errc::invalid, refusal.why);
    } catch (const Json::parse_error& error) {
        return fail(Errc::invalid, "not JSON from byte " + std::to_string(error.byte) + " on");
    } catch (const Json::exception&) {
        return fail(Errc::invalid, "not JSON that can be held, such as a number out of range");
    }
}

// A member, or null where there is none: Go's decoder makes no difference, and writers in Go rely on that.
const Json* member(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

Error wrong(const std::string& key, const char* wanted) { return fail(Errc::invalid, key + " is not " + wanted); }

Status read(const Json& object, const char* key, std::string& out) {
    if (const Json* found = member(object, key)) {
        if (!found->is_string()) {
            return wrong(key, "a text");
        }
        out = found->get_ref<const std::string&>();
    }
    return {};
}

Status read(const Json& object, const char* key, std::int64_t& out) {
    if (const Json* found = member(object, key)) {
        const bool fits = found->is_number_integer() &&
                          (!found->is_number_unsigned() ||
                           found->get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<std::int64_t>::max()});
        if (!fits) {
            return wrong(key, "a whole number");
        }
        out = found->get<std::int64_t>();
    }
    return {};
}

Status read(const Json& object, const char* key, bool& out) {
    if (const Json* found = member(object, key)) {
        if (!found->is_boolean()) {
            return wrong(key, "true or false");
        }
        out = found->get<bool>();
    }
    return {};
}

Status read(const Json& object, const char* key, std::vector<std::string>& out) {
    if (const Json* found = member(object, key)) {
        if (!found->is_array()) {
            return wrong(key, "a list");
        }
        for (const Json& item : *found) {
            if (!item.is_string()) {
                return wrong(key, "a list of texts");
            }
            out.push_back(item.get_ref<const std::string&>());
        }
    }
    return {};
}

Status read(const Json& object, const char* key, std::map<std::string, std::string>& out) {
    if (const Json* found = member(object, key)) {
        if (!found->is_object()) {
            return wrong(key, "an object");
        }
        for (const auto& item : found->items()) {
            if (!item.value().is_string()) {
                return wrong(std::string(key) + "." + item.key(), "a text");
            }
            out.emplace(item.key(), item.value().get_ref<const std::string&>());
        }
    }
    return {};
}

// Go's map[string]struct{}: a set written as an object. The keys come out sorted.
Status read_set(const Json& object, const char* key, std::vector<std::string>& out) {
    if (const Json* found = member(object, key)) {
        if (!found->is_object()) {
            return wrong(key, "an object");
        }
        for (const auto& item : found->items()) {
            out.push_back(item.key());
        }
    }
    return {};
}

Result<const Json*> required(const Json& object, const char* key, Json::value_t type) {
    const Json* found = member(object, key);
    if (found == nullptr) {
        return fail(Errc::invalid, std::string("there is no ") + key);
    }
    if (found->type() != type) {
        return wrong(key, type == Json::value_t::array ? "a list" : "an object");
    }
    return found;
}

Result<std::optional<Platform>> read_platform(const Json& object) {
    const Json* found = member(object, "platform");
    if (found == nullptr) {
        return std::optional<Platform>();
    }
    if (!found->is_object()) {
        return wrong("platform", "an object");
    }
    Platform platform;
    TRY(read(*found, "os", platform.os));
    TRY(read(*found, "architecture", platform.architecture));
    TRY(read(*found, "variant", platform.variant));
    TRY(read(*found, "os.version", platform.os_version));
    return std::optional<Platform>(std::move(platform));
}

Result<Descriptor> read_descriptor(const Json& object) {
    if (!object.is_object()) {
        return fail(Errc::invalid, "the descriptor is not an object");
    }
    Descriptor descriptor;
    std::string digest;
    TRY(read(object, "mediaType", descriptor.media_type));
    TRY(read(object, "digest", digest));
    TRY(read(object, "size", descriptor.size));
    TRY(read(object, "urls", descriptor.urls));
    TRY(read(object, "annotations", descriptor.annotations));
    TRY(read(object, "artifactType", descriptor.artifact_type));
    descriptor.digest = TRY_IN("digest", parse_digest(digest));
    descriptor.platform = TRY(read_platform(object));
    if (descriptor.media_type.empty()) {
        return fail(Errc::invalid, "there is no mediaType");
    }
    if (member(object, "size") == nullptr) {
        return fail(Errc::invalid, "there is no size");
    }
    if (descriptor.size < 0) {
        return fail(Errc::invalid, "the size " + std::to_string(descriptor.size) + " is negative");
    }
    return descriptor;
}

Result<std::vector<Descriptor>> read_descriptors(const Json& document, const char* key) {
    const Json* list = TRY(required(document, key, Json::value_t::array));
    std::vector<Descriptor> descriptors;
    descriptors.reserve(list->size());
    for (const Json& item : *list) {
        const std::string where = std::string(key) + "[" + std::to_string(descriptors.size()) + "]";
        descriptors.push_back(TRY_IN(where, read_descriptor(item)));
    }
    return descriptors;
}

// What both kinds of document share.
template <class T>
Status read_common(const Json& document, const std::string& type, T& out) {
    out.media_type = type;
    TRY(read(document, "artifactType", out.artifact_type));
    TRY(read(document, "annotations", out.annotations));
    if (const Json* subject = member(document, "subject")) {
        out.subject = TRY_IN("subject", read_descriptor(*subject));
    }
    return {};
}

Status refuse_ambiguous(const Json& document) {
    constexpr std::array<std::string_view, 10> keys = {"schemaVersion", "mediaType", "artifactType", "config",
                                                       "layers",        "manifests", "fsLayers",     "subject",
                                                       "annotations",   "history"};
    const auto fold = [](std::string text) {
        for (char& c : text) {
            c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
        return text;
    };
    for (const auto& item : document.items()) {
        for (const std::string_view key : keys) {
            if (item.key() != key && fold(item.key()) == fold(std::string(key))) {
                return fail(Errc::invalid,
                            "the key \"" + item.key() + "\" can be taken for \"" + std::string(key) + "\"");
            }
        }
    }
    if (document.contains("manifests")) {
        for (const char* key : {"layers", "fsLayers", "config"}) {
            if (document.contains(key)) {
                return fail(Errc::invalid, std::string("ambiguous document: it has both manifests and ") + key);
            }
        }
    }
    return {};
}

Status refuse_schema1(const Json& document, std::string_view type, std::int64_t schema) {
    const bool old = schema == 1 || document.contains("fsLayers") || type == media_type::docker_schema1 ||
                     type == media_type::docker_schema1_signed;
    if (old) {
        return fail(Errc::unsupported,
                    "docker image manifest version 2, schema 1 is not supported, because it names "
                    "no config and no sizes: push the image again with a current tool");
    }
    if (schema != 2) {
        return fail(Errc::invalid, "schemaVersion is " + std::to_string(schema) + ", not 2");
    }
    return {};
}

// One type for the document, from what the registry said and what the document says of itself.
Result<std::string> agreed_type(const Json& document, const std::string& content_type, const std::string& own_type) {
    const bool generic = content_type.empty() || content_type == "application/json";
    if (!generic && !own_type.empty() && own_type != content_type) {
        return fail(Errc::invalid, "mediaType " + own_type + " disagrees with Content-Type " + content_type);
    }
    if (!own_type.empty()) {
        return own_type;
    }
    if (!generic) {
        return content_type;
    }
    return std::string(document.contains("manifests") ? media_type::oci_index : media_type::oci_manifest);
}

Result<Document> read_manifest(const Json& document, const std::string& type) {
    if (document.contains("manifests")) {
        return fail(Errc::invalid, "the document is said to be a manifest but lists manifests");
    }
    Manifest manifest;
    TRY(read_common(document, type, manifest));
    manifest.config = TRY_IN("config", read_descriptor(*TRY(required(document, "config", Json::value_t::object))));
    manifest.layers = TRY(read_descriptors(document, "layers"));
    return Document(std::move(manifest));
}

Result<Document> read_index(const Json& document, const std::string& type) {
    for (const char* key : {"layers", "config"}) {
        if (document.contains(key)) {
            return fail(Errc::invalid, std::string("the document is said to be an index but has ") + key);
        }
    }
    Index index;
    TRY(read_common(document, type, index));
    index.manifests = TRY(read_descriptors(document, "manifests"));
    return Document(std::move(index));
}

Result<std::optional<Healthcheck>> read_healthcheck(const Json& config) {
    const Json* found = member(config, "Healthcheck");
    if (found == nullptr) {
        return std::optional<Healthcheck>();
    }
    if (!found->is_object()) {
        return wrong("Healthcheck", "an object");
    }
    Healthcheck check;
    TRY(read(*found, "Test", check.test));
    TRY(read(*found, "Interval", check.interval_ns));
    TRY(read(*found, "Timeout", check.timeout_ns));
    TRY(read(*found, "StartPeriod", check.start_period_ns));
    TRY(read(*found, "StartInterval", check.start_interval_ns));
    TRY(read(*found, "Retries", check.retries));
    return std::optional<Healthcheck>(std::move(check));
}

Result<RunDefaults> read_run_defaults(const Json& config) {
    if (!config.is_object()) {
        return fail(Errc::invalid, "it is not an object");
    }
    RunDefaults run;
    TRY(read(config, "User", run.user));
    TRY(read_set(config, "ExposedPorts", run.exposed_ports));
    TRY(read(config, "Env", run.env));
    TRY(read(config, "Entrypoint", run.entrypoint));
    TRY(read(config, "Cmd", run.cmd));
    TRY(read_set(config, "Volumes", run.volumes));
    TRY(read(config, "WorkingDir", run.working_dir));
    TRY(read(config, "Labels", run.labels));
    TRY(read(config, "StopSignal", run.stop_signal));
    TRY(read(config, "Shell", run.shell));
    TRY(read(config, "OnBuild", run.on_build));
    run.healthcheck = TRY(read_healthcheck(config));
    return run;
}

Result<std::vector<Digest>> read_diff_ids(const Json& document) {
    const Json* rootfs = TRY(required(document, "rootfs", Json::value_t::object));
    std::string type;
    std::vector<std::string> texts;
    TRY_IN("rootfs", read(*rootfs, "type", type));
    TRY_IN("rootfs", read(*rootfs, "diff_ids", texts));
    if (!type.empty() && type != "layers") {
        return fail(Errc::unsupported, "rootfs.type is \"" + type + "\", not \"layers\"");
    }
    std::vector<Digest> diff_ids;
    diff_ids.reserve(texts.size());
    for (const std::string& text : texts) {
        diff_ids.push_back(TRY_IN("rootfs.diff_ids[" + std::to_string(diff_ids.size()) + "]", parse_digest(text)));
    }
    return diff_ids;
}

Result<std::vector<HistoryEntry>> read_history(const Json& document) {
    std::vector<HistoryEntry> history;
    const Json* list = member(document, "history");
    if (list == nullptr) {
        return history;
    }
    if (!list->is_array()) {
        return wrong("history", "a list");
    }
    history.reserve(list->size());
    for (const Json& item : *list) {
        if (!item.is_object()) {
            return wrong("history", "a list of objects");
        }
        HistoryEntry entry;
        TRY_IN("history", read(item, "created", entry.created));
        TRY_IN("history", read(item, "created_by", entry.created_by));
        TRY_IN("history", read(item, "author", entry.author));
        TRY_IN("history", read(item, "comment", entry.comment));
        TRY_IN("history", read(item, "empty_layer", entry.empty_layer));
        history.push_back(std::move(entry));
    }
    return history;
}

}  // namespace

Result<Document> parse_manifest_or_index(std::string_view bytes, std::string_view content_type) {
    const Json document = TRY(parse_strict(bytes));
    TRY(refuse_ambiguous(document));
    std::string own_type;
    std::int64_t schema = 0;
    TRY(read(document, "mediaType", own_type));
    TRY(read(document, "schemaVersion", schema));
    const std::string type = TRY(agreed_type(document, without_parameters(content_type), own_type));
    TRY(refuse_schema1(document, type, schema));
    if (is_manifest_type(type)) {
        return TRY_IN("manifest", read_manifest(document, type));
    }
    if (is_index_type(type)) {
        return TRY_IN("index", read_index(document, type));
    }
    return fail(Errc::unsupported, "the type " + type + " is neither an image manifest nor an index");
}

Result<ImageConfig> parse_image_config(std::string_view bytes) {
    const Json document = TRY_IN("image config", parse_strict(bytes));
    ImageConfig config;
    TRY_IN("image config", read(document, "created", config.created));
    TRY_IN("image config", read(document, "author", config.author));
    TRY_IN("image config", read(document, "architecture", config.architecture));
    TRY_IN("image config", read(document, "os", config.os));
    TRY_IN("image config", read(document, "variant", config.variant));
    TRY_IN("image config", read(document, "os.version", config.os_version));
    if (const Json* run = member(document, "config")) {
        config.config = TRY_IN("image config: config", read_run_defaults(*run));
    }
    config.diff_ids = TRY_IN("image config", read_diff_ids(document));
    config.history = TRY_IN("image config", read_history(document));
    return config;
}

Status check_config_matches(const Manifest& manifest, const ImageConfig& config) {
    const std::size_t layers = manifest.layers.size();
    const auto count = [layers](std::size_t other, const char* what) {
        return fail(Errc::invalid, "the manifest has " + std::to_string(layers) + " layers, the config " +
                                       std::to_string(other) + " " + what);
    };
    if (config.diff_ids.size() != layers) {
        return count(config.diff_ids.size(), "diff ids");
    }
    const auto with_layer = std::count_if(config.history.begin(), config.history.end(),
                                          [](const HistoryEntry& entry) { return !entry.empty_layer; });
    if (!config.history.empty() && static_cast<std::size_t>(with_layer) != layers) {
        return count(static_cast<std::size_t>(with_layer), "history steps with a layer");
    }
    return {};
}

}  // namespace cutaway::oci
