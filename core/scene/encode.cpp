// SPDX-License-Identifier: Apache-2.0
#include "core/scene/encode.h"

#include "core/base/json.h"
#include "core/scene/expression.h"

namespace cutaway::scene {

namespace {

constexpr int most_depth = 64;  // a Picture is about ten deep

class Writer {
public:
    explicit Writer(Layout layout) : indented_(layout == Layout::indented) {}

    void write(const Node& node, int depth) {
        switch (node.shape()) {
            case Shape::nothing: out_ += "null"; return;
            case Shape::boolean: out_ += node.boolean() ? "true" : "false"; return;
            case Shape::integer: json::append_int(out_, node.integer()); return;
            case Shape::text: json::append_string(out_, node.text()); return;
            case Shape::list:
            case Shape::record:
            case Shape::map: break;
        }
        children(node, depth);
    }
    std::string take() { return std::move(out_); }

private:
    void children(const Node& node, int depth) {
        const bool listed = node.shape() == Shape::list;
        out_ += listed ? '[' : '{';
        bool first = true;
        auto child = [&](std::string_view name, const Node& held) {
            if (!first) {
                out_ += ',';
            }
            first = false;
            line(depth + 1);
            if (!listed) {
                json::append_string(out_, name);
                out_ += indented_ ? ": " : ":";
            }
            write(held, depth + 1);
            return true;
        };
        if (depth < most_depth) {
            node.each(child);
        }
        if (!first) {
            line(depth);
        }
        out_ += listed ? ']' : '}';
    }
    void line(int depth) {
        if (indented_) {
            out_ += '\n';
            out_.append(static_cast<std::size_t>(depth) * 2, ' ');
        }
    }

    bool indented_;
    std::string out_;
};

}  // namespace

std::string to_json(const Node& node, Layout layout) {
    Writer writer(layout);
    writer.write(node, 0);
    return writer.take();
}

std::string to_json(const Picture& picture, Layout layout) { return to_json(node_of(picture), layout); }

Result<std::string> show(const Picture& picture, std::string_view path) {
    if (path.empty() || path == "/") {
        return to_json(picture, Layout::indented);
    }
    const Expression expression = TRY(parse_expression(path));
    const Value value = TRY(evaluate(expression, picture));
    if (!is_missing(value)) {
        return to_json(value, Layout::indented);
    }
    std::string message = "there is nothing at " + std::string(path);
    const std::vector<std::string> near = complete(path, picture);
    for (std::size_t at = 0; at < near.size() && at < 8; ++at) {
        message += (at == 0 ? "; there is " : ", ") + near[at];
    }
    return fail(Errc::not_found, std::move(message));
}

}  // namespace cutaway::scene
