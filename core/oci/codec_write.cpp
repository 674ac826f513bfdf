// SPDX-License-Identifier: Apache-2.0
// Writing. Bytes become digests, so one value has one spelling: no blanks, the spec's order, nothing that is empty.
#include <set>

#include <nlohmann/json.hpp>

#include "core/oci/codec.h"

namespace cutaway::oci {

namespace {

using Json = nlohmann::ordered_json;

// Texts of other origin than the codec may hold bytes that are no UTF-8; those become U+FFFD instead of a throw.
std::string text_of(const Json& document) { return document.dump(-1, ' ', false, Json::error_handler_t::replace); }

void put(Json& object, const char* key, const std::string& text) {
    if (!text.empty()) {
        object[key] = text;
    }
}

void put(Json& object, const char* key, const std::vector<std::string>& list) {
    if (!list.empty()) {
        object[key] = list;
    }
}

void put(Json& object, const char* key, const std::map<std::string, std::string>& map) {
    if (map.empty()) {
        return;
    }
    Json::object_t inner;  // emplace_back: operator[] searches, and a stranger's map may be long
    for (const auto& item : map) {
        inner.emplace_back(item.first, item.second);
    }
    object[key] = std::move(inner);
}

void put_number(Json& object, const char* key, std::int64_t number) {
    if (number != 0) {
        object[key] = number;
    }
}

void put_set(Json& object, const char* key, const std::vector<std::string>& names) {
    if (names.empty()) {
        return;
    }
    Json::object_t inner;
    for (const std::string& name : std::set<std::string>(names.begin(), names.end())) {
        inner.emplace_back(name, Json::object());
    }
    object[key] = std::move(inner);
}

Json platform_json(const Platform& platform) {
    Json object = Json::object();
    object["architecture"] = platform.architecture;
    object["os"] = platform.os;
    put(object, "os.version", platform.os_version);
    put(object, "variant", platform.variant);
    return object;
}

Json descriptor_json(const Descriptor& descriptor) {
    Json object = Json::object();
    object["mediaType"] = descriptor.media_type;
    object["digest"] = to_text(descriptor.digest);
    object["size"] = descriptor.size;
    put(object, "urls", descriptor.urls);
    put(object, "annotations", descriptor.annotations);
    if (descriptor.platform.has_value()) {
        object["platform"] = platform_json(*descriptor.platform);
    }
    put(object, "artifactType", descriptor.artifact_type);
    return object;
}

Json list_json(const std::vector<Descriptor>& descriptors) {
    Json list = Json::array();
    for (const Descriptor& descriptor : descriptors) {
        list.push_back(descriptor_json(descriptor));
    }
    return list;
}

template <class T>
Json head_json(const T& document) {
    Json object = Json::object();
    object["schemaVersion"] = document.schema;
    put(object, "mediaType", document.media_type);
    put(object, "artifactType", document.artifact_type);
    return object;
}

template <class T>
std::string finish(Json object, const T& document) {
    if (document.subject.has_value()) {
        object["subject"] = descriptor_json(*document.subject);
    }
    put(object, "annotations", document.annotations);
    return text_of(object);
}

Json healthcheck_json(const Healthcheck& check) {
    Json object = Json::object();
    put(object, "Test", check.test);
    put_number(object, "Interval", check.interval_ns);
    put_number(object, "Timeout", check.timeout_ns);
    put_number(object, "StartPeriod", check.start_period_ns);
    put_number(object, "StartInterval", check.start_interval_ns);
    put_number(object, "Retries", check.retries);
    return object;
}

Json run_defaults_json(const RunDefaults& run) {
    Json object = Json::object();
    put(object, "User", run.user);
    put_set(object, "ExposedPorts", run.exposed_ports);
    put(object, "Env", run.env);
    put(object, "Entrypoint", run.entrypoint);
    put(object, "Cmd", run.cmd);
    if (run.healthcheck.has_value()) {
        object["Healthcheck"] = healthcheck_json(*run.healthcheck);
    }
    put_set(object, "Volumes", run.volumes);
    put(object, "WorkingDir", run.working_dir);
    put(object, "OnBuild", run.on_build);
    put(object, "Labels", run.labels);
    put(object, "StopSignal", run.stop_signal);
    put(object, "Shell", run.shell);
    return object;
}

Json history_json(const HistoryEntry& entry) {
    Json object = Json::object();
    put(object, "created", entry.created);
    put(object, "created_by", entry.created_by);
    put(object, "author", entry.author);
    put(object, "comment", entry.comment);
    if (entry.empty_layer) {
        object["empty_layer"] = true;
    }
    return object;
}

Json rootfs_json(const std::vector<Digest>& diff_ids) {
    Json list = Json::array();
    for (const Digest& diff_id : diff_ids) {
        list.push_back(to_text(diff_id));
    }
    Json object = Json::object();
    object["type"] = "layers";
    object["diff_ids"] = std::move(list);
    return object;
}

}  // namespace

std::string to_json(const Manifest& manifest) {
    Json object = head_json(manifest);
    object["config"] = descriptor_json(manifest.config);
    object["layers"] = list_json(manifest.layers);
    return finish(std::move(object), manifest);
}

std::string to_json(const Index& index) {
    Json object = head_json(index);
    object["manifests"] = list_json(index.manifests);
    return finish(std::move(object), index);
}

std::string to_json(const ImageConfig& config) {
    Json object = Json::object();
    put(object, "created", config.created);
    put(object, "author", config.author);
    object["architecture"] = config.architecture;
    object["os"] = config.os;
    put(object, "os.version", config.os_version);
    put(object, "variant", config.variant);
    object["config"] = run_defaults_json(config.config);
    object["rootfs"] = rootfs_json(config.diff_ids);
    if (!config.history.empty()) {
        Json history = Json::array();
        for (const HistoryEntry& entry : config.history) {
            history.push_back(history_json(entry));
        }
        object["history"] = std::move(history);
    }
    return text_of(object);
}

}  // namespace cutaway::oci
