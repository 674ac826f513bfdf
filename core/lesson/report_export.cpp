// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/report_export.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/base/json_codec.h"
#include "core/base/sha256.h"

namespace cutaway::lesson {

namespace {

// Nobody's domain, and never will be (RFC 2606): these are names, not addresses.
constexpr const char* base = "https://cutaway.invalid/";

std::string cell(std::string_view text) {
    std::string out(!text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos ? "'" : "");
    out += text;
    if (out.find_first_of("\",\r\n") == std::string::npos) {
        return out;
    }
    std::string quoted = "\"";
    for (const char c : out) {
        quoted += c == '"' ? "\"\"" : std::string(1, c);
    }
    return quoted + "\"";
}

std::string thousandths(std::uint64_t ms) {
    std::array<char, 32> out{};
    std::snprintf(out.data(), out.size(), "%llu.%03llu", static_cast<unsigned long long>(ms / 1000),
                  static_cast<unsigned long long>(ms % 1000));
    return out.data();
}

// Days since 1970 as year, month, day (Howard Hinnant's civil_from_days).
std::string instant(std::int64_t ms) {
    const std::int64_t seconds = ms / 1000;
    const std::int64_t z = seconds / 86400 + 719468;
    const std::int64_t era = z / 146097;
    const std::int64_t doe = z - era * 146097;
    const std::int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const std::int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const std::int64_t mp = (5 * doy + 2) / 153;
    const std::int64_t month = mp + (mp < 10 ? 3 : -9);
    const std::int64_t day = doy - (153 * mp + 2) / 5 + 1;
    const std::int64_t year = yoe + era * 400 + (month <= 2 ? 1 : 0);
    const std::int64_t time = seconds % 86400;
    std::array<char, 96> out{};
    std::snprintf(out.data(), out.size(), "%04lld-%02lld-%02lldT%02lld:%02lld:%02lld.%03lldZ",
                  static_cast<long long>(year), static_cast<long long>(month), static_cast<long long>(day),
                  static_cast<long long>(time / 3600), static_cast<long long>(time / 60 % 60),
                  static_cast<long long>(time % 60), static_cast<long long>(ms % 1000));
    return out.data();
}

std::string quoted(std::string_view text) {
    std::string out;
    json::append_string(out, text);
    return out;
}

std::string uuid_of(std::string_view text) {  // version 8: from a hash of our own
    std::string hex = sha256_hex(text).substr(0, 32);
    hex[12] = '8';
    hex[16] = "89ab"[static_cast<std::size_t>(hex[16]) % 4];
    return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" +
           hex.substr(20);
}

std::string activity(const Row& row, bool lesson) {
    std::string out = std::string(base) + "lessons/";
    for (const char c : row.lesson + (lesson || row.id.empty() ? "" : "/" + row.id)) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '/';
        std::array<char, 4> escape{};
        std::snprintf(escape.data(), escape.size(), "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
        out += plain ? std::string(1, c) : std::string(escape.data());
    }
    return out;
}

std::string verb_of(const Row& row) {
    return row.kind == Kind::question                           ? "answered"
           : row.kind == Kind::test                             ? "completed"
           : row.outcome == "finished" || row.outcome == "done" ? "completed"
                                                                : "attempted";
}

std::string definition(const Row& row) {
    const std::string_view type = row.kind == Kind::question ? "question"
                                  : row.kind == Kind::task   ? "simulation"
                                  : row.kind == Kind::test   ? "assessment"
                                                             : "lesson";
    return "{\"type\":\"http://adlnet.gov/expapi/activities/" + std::string(type) + "\",\"name\":{\"en\":" +
           quoted(row.kind == Kind::lesson ? row.title
                  : row.kind == Kind::test ? row.title + ", " + row.id + " it"
                                           : row.asked) +
           "}}";
}

std::string result(const Row& row) {
    std::string out = "{";
    if (row.of != 0) {
        out += "\"score\":{\"scaled\":" + std::to_string(std::min(static_cast<double>(row.points) / row.of, 1.0)) +
               ",\"raw\":" + std::to_string(row.points) + ",\"min\":0,\"max\":" + std::to_string(row.of) + "},";
    }
    const bool completed = row.kind == Kind::lesson ? row.outcome == "finished" : row.outcome != "tried";
    if (row.kind == Kind::question || row.kind == Kind::task) {
        out += std::string("\"success\":") + (row.outcome == "right" || row.outcome == "done" ? "true" : "false") + ",";
    }
    out += std::string("\"completion\":") + (completed ? "true" : "false") + ",\"duration\":\"PT" +
           thousandths(row.spent_ms) + "S\"";
    if (!row.given.empty()) {
        out += ",\"response\":" + quoted(row.given);
    }
    const std::string extension = ",\"" + std::string(base) + "extensions/";
    std::string counts = extension + "attempts\":" + std::to_string(row.attempts) + extension +
                         "hints\":" + std::to_string(row.hints) + extension + "skips\":" + std::to_string(row.skips) +
                         extension + "outcome\":" + quoted(row.outcome) + extension + "policy\":" + quoted(row.policy) +
                         extension + "seal\":" + quoted(to_name(row.seal));
    return out + ",\"extensions\":{" + counts.substr(1) + "}}";
}

std::string statement(const Row& row) {
    const std::string verb = verb_of(row);
    const std::string who = quoted(row.learner);
    const std::string body = "\"actor\":{\"objectType\":\"Agent\",\"name\":" + who +
                             ",\"account\":{\"homePage\":" + quoted(std::string(base) + "learners") +
                             ",\"name\":" + who +
                             "}},\"verb\":{\"id\":" + quoted("http://adlnet.gov/expapi/verbs/" + verb) +
                             ",\"display\":{\"en\":" + quoted(verb) +
                             "}},\"object\":{\"objectType\":\"Activity\",\"id\":" + quoted(activity(row, false)) +
                             ",\"definition\":" + definition(row) + "},\"result\":" + result(row);
    std::string out = "{\"id\":\"" + uuid_of(body + std::to_string(row.at_ms)) + "\"," + body +
                      ",\"context\":{\"platform\":\"Cutaway\"";
    if (row.kind != Kind::lesson) {
        out += ",\"contextActivities\":{\"parent\":[{\"id\":" + quoted(activity(row, true)) + "}]}";
    }
    out += "}";
    return out + (row.at_ms > 0 ? ",\"timestamp\":\"" + instant(row.at_ms) + "\"}" : "}");
}

std::string row_json(const Row& row) {  // with all fields: who reads it knows no defaults
    std::string out = "{";
    visit_fields(&row, [&](std::string_view name, auto member) {
        out += (out.size() == 1 ? "" : ",") + quoted(name) + ":";
        json::write(out, row.*member);
    });
    return out + "}";
}

}  // namespace

std::string to_csv(const std::vector<Row>& rows) {
    std::string out =
        "learner,lesson,title,kind,id,outcome,points,of,attempts,hints,skips,seconds,when,given,policy,seal\r\n";
    for (const Row& row : rows) {
        for (const std::string& text :
             {cell(row.learner), cell(row.lesson), cell(row.title), std::string(to_name(row.kind)), cell(row.id),
              cell(row.outcome), std::to_string(row.points), std::to_string(row.of), std::to_string(row.attempts),
              std::to_string(row.hints), std::to_string(row.skips), thousandths(row.spent_ms),
              row.at_ms > 0 ? instant(row.at_ms) : "", cell(row.given), cell(row.policy)}) {
            out += text + ",";
        }
        out += std::string(to_name(row.seal)) + "\r\n";
    }
    return out;
}

std::string to_json(const Report& report, const std::vector<Row>& rows) {
    std::string out =
        "{\"format\":" + quoted(report.format) + ",\"version\":" + std::to_string(report.version) + ",\"learners\":";
    json::write(out, report.learners);
    out += ",\"rows\":[";
    for (const Row& row : rows) {
        out += (out.back() == '[' ? "\n" : ",\n") + row_json(row);
    }
    return out + "]}\n";
}

std::string to_xapi(const std::vector<Row>& rows) {
    std::string out = "[";
    for (const Row& row : rows) {
        if (row.outcome != "open") {
            out += (out.size() == 1 ? "\n" : ",\n") + statement(row);
        }
    }
    return out + "\n]\n";
}

}  // namespace cutaway::lesson
