// SPDX-License-Identifier: Apache-2.0
#include "core/bundle/record.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace cutaway::bundle {

namespace {

using Json = nlohmann::ordered_json;

Json object_of(const oci::SpecPairs& pairs) {
    Json object = Json::object();
    for (const auto& [key, value] : pairs) {
        object[key] = value;
    }
    return object;
}

Json state_of(const Record& record, Standing standing) {
    Json state{{"ociVersion", record.version},
               {"id", record.id},
               {"pid", standing == Standing::stopped ? 0 : record.pid},
               {"status", std::string(to_name(standing))},
               {"bundle", record.bundle},
               {"rootfs", record.root},
               {"created", record.created},
               {"owner", ""}};
    if (!record.annotations.empty()) {
        state["annotations"] = object_of(record.annotations);
    }
    return state;
}

std::string lenient(const Json& json, int indent) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string to_json(const Record& record) {
    const Json json{{"ociVersion", record.version},
                    {"id", record.id},
                    {"bundle", record.bundle},
                    {"root", record.root},
                    {"created", record.created},
                    {"pid", record.pid},
                    {"born", record.born},
                    {"calls", record.calls},
                    {"cgroup",
                     {{"path", record.groups.path},
                      {"layout", std::string(to_name(record.groups.layout))},
                      {"controllers", record.groups.controllers}}},
                    {"annotations", object_of(record.annotations)}};
    return lenient(json, 4) + "\n";
}

Result<Record> parse_record(std::string_view text) {
    Record record;
    try {
        const Json json = Json::parse(text.begin(), text.end());
        record.version = json.at("ociVersion").get<std::string>();
        record.id = json.at("id").get<std::string>();
        record.bundle = json.at("bundle").get<std::string>();
        record.root = json.at("root").get<std::string>();
        record.created = json.at("created").get<std::string>();
        record.pid = json.at("pid").get<std::int64_t>();
        record.born = json.at("born").get<std::uint64_t>();
        record.calls = json.at("calls").get<std::uint32_t>();
        const Json& cgroup = json.at("cgroup");
        record.groups.path = cgroup.at("path").get<std::string>();
        record.groups.layout =
            from_name<world::CgroupLayout>(cgroup.at("layout").get<std::string>()).value_or(world::CgroupLayout::v2);
        record.groups.controllers = cgroup.at("controllers").get<std::vector<std::string>>();
        for (const auto& [key, value] : json.at("annotations").items()) {
            record.annotations.emplace_back(key, value.get<std::string>());
        }
    } catch (const Json::exception&) {
        return fail(Errc::invalid, "read a container's state.json: it is not what cutaway oci writes");
    }
    return record;
}

std::string state_json(const Record& record, Standing standing) { return lenient(state_of(record, standing), 2); }

std::string list_json(const std::vector<std::pair<Record, Standing>>& all) {
    Json list = Json::array();
    for (const auto& [record, standing] : all) {
        list.push_back(state_of(record, standing));
    }
    return lenient(list, -1);
}

std::string hook_state(const std::string& id, const std::string& bundle, const std::string& status,
                       const std::string& pid, const oci::SpecPairs& annotations) {
    const auto quoted = [](const std::string& text) { return lenient(Json(text), -1); };
    return "{\"ociVersion\":\"1.0.2\",\"id\":" + quoted(id) + ",\"status\":" + quoted(status) + ",\"pid\":" + pid +
           ",\"bundle\":" + quoted(bundle) + ",\"annotations\":" + lenient(object_of(annotations), -1) + "}\n";
}

Status check_id(std::string_view id) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    const auto good = [&](char c) { return plain(c) || c == '_' || c == '+' || c == '-' || c == '.'; };
    const bool fits = !id.empty() && id.size() <= 1024 && id.front() != '.' && std::all_of(id.begin(), id.end(), good);
    return fits ? Status() : fail(Errc::invalid, "not a container's id: \"" + std::string(id) + "\"");
}

}  // namespace cutaway::bundle
