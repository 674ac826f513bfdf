// SPDX-License-Identifier: Apache-2.0
// An event as a line. The names of the keys are the format (docs/trace-format.md).
#include <variant>

#include "core/base/json_codec.h"
#include "core/trace/line.h"

namespace cutaway::trace {

namespace {

void key(std::string& out, std::string_view name) {
    out.append(",\"");
    out.append(name);
    out.append("\":");
}

void append_head(std::string& out, const Event& event) {
    out.append("{\"seq\":");
    json::append_uint(out, event.seq);
    key(out, "t");
    json::append_int(out, event.t_ns);
    key(out, "event");
    json::write(out, event.kind);
    if (event.span != 0) {
        key(out, "span");
        json::append_uint(out, event.span);
    }
    if (event.parent != 0) {
        key(out, "parent");
        json::append_uint(out, event.parent);
    }
    key(out, "actor");
    json::write(out, event.actor);
    if (event.phase != world::Phase::none) {
        key(out, "phase");
        json::write(out, event.phase);
    }
    key(out, "evidence");
    json::write(out, event.evidence);
    if (!event.container.empty()) {
        key(out, "container");
        json::append_string(out, event.container);
    }
}

struct BodyWriter {
    std::string& out;

    template <class T>
    void put(std::string_view name, const T& body) const {
        if (!json::is_default(body) || IsVariant<T>::value) {
            key(out, name);
            json::write(out, body);
        }
    }
    void operator()(const world::SpanStart& body) const { put("start", body); }
    void operator()(const SpanEnd& body) const { put("end", body); }
    void operator()(const world::Call& body) const { put("call", body); }
    void operator()(const Progress& body) const { put("progress", body); }
    void operator()(const CallEnd& body) const { put("result", body); }
    void operator()(const world::Note& body) const { put("note", body); }
    void operator()(const world::Observation& body) const { put("seen", body); }
};

}  // namespace

void append_line(std::string& out, const Event& event) {
    append_head(out, event);
    std::visit(BodyWriter{out}, event.body);
    out.push_back('}');
}

void append_header(std::string& out, const Header& header) {
    // Name and version always stand, first and in this order: they are how a reader knows what it has.
    out.append("{\"format\":");
    json::append_string(out, header.format);
    key(out, "version");
    json::append_uint(out, header.version);
    key(out, "program");
    json::append_string(out, header.program);
    key(out, "world");
    json::append_string(out, header.world);
    key(out, "seed");
    json::append_uint(out, header.seed);
    key(out, "wall_ns");
    json::append_int(out, header.wall_ns);
    key(out, "machine");
    json::write(out, header.machine);
    out.push_back('}');
}

}  // namespace cutaway::trace
