// SPDX-License-Identifier: Apache-2.0
#include "core/model/registry_http.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "core/base/json.h"

namespace cutaway::model {

namespace {

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return to_lower(x) == to_lower(y); });
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = to_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape =
            text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
        if (escape) {
            out.push_back(static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
            i += 2;
        } else {
            out.push_back(text[i] == '+' ? ' ' : text[i]);
        }
    }
    return out;
}

std::optional<std::uint64_t> to_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
    return whole ? std::optional<std::uint64_t>(value) : std::nullopt;
}

class BodySource final : public world::Source {
public:
    BodySource(std::string own, std::optional<std::string_view> lasting, std::optional<std::uint64_t> lost_at)
        : own_(std::move(own)), rest_(lasting.value_or(own_)), lost_at_(lost_at) {}

    Result<std::size_t> read(std::span<char> into) override {
        std::size_t most = std::min(into.size(), rest_.size());
        if (lost_at_.has_value()) {
            most = static_cast<std::size_t>(std::min<std::uint64_t>(most, *lost_at_));
            if (most == 0 && !rest_.empty()) {
                return fail(Errc::network, "connection reset by peer");
            }
            *lost_at_ -= most;
        }
        if (most > 0) {
            std::memcpy(into.data(), rest_.data(), most);
        }
        rest_.remove_prefix(most);
        return most;
    }

private:
    std::string own_;
    std::string_view rest_;
    std::optional<std::uint64_t> lost_at_;
};

}  // namespace

HttpTarget read_target(std::string_view url) {
    HttpTarget target;
    const std::size_t mark = std::min(url.find("://"), url.size());
    target.scheme = std::string(url.substr(0, mark));
    url.remove_prefix(std::min(mark + 3, url.size()));
    const std::size_t path = std::min(url.find('/'), url.size());
    target.authority = std::string(url.substr(0, path));
    url.remove_prefix(path);
    const std::size_t question = std::min(url.find('?'), url.size());
    target.path = decoded(url.substr(0, question));
    url.remove_prefix(std::min(question + 1, url.size()));
    while (!url.empty()) {
        const std::string_view one = url.substr(0, url.find('&'));
        const std::size_t equals = std::min(one.find('='), one.size());
        target.query.push_back({decoded(one.substr(0, equals)), decoded(one.substr(std::min(equals + 1, one.size())))});
        url.remove_prefix(std::min(one.size() + 1, url.size()));
    }
    return target;
}

std::string_view query_value(const HttpTarget& target, std::string_view name) {
    return world::header(target.query, name);
}

std::vector<std::string> query_values(const HttpTarget& target, std::string_view name) {
    std::vector<std::string> values;
    for (const world::Pair& one : target.query) {
        if (one.name == name) {
            values.push_back(one.value);
        }
    }
    return values;
}

std::string_view request_header(const world::HttpRequest& request, std::string_view name) {
    for (const world::Pair& one : request.headers) {
        if (same_name(one.name, name)) {
            return one.value;
        }
    }
    return {};
}

world::HttpResponse to_response(Outgoing out, bool head) {
    world::HttpResponse response;
    response.status = out.status;
    response.headers = std::move(out.headers);
    const std::uint64_t size = out.lasting.has_value() ? out.lasting->size() : out.own.size();
    response.headers.push_back({"content-length", std::to_string(size)});
    if (head) {
        out.own.clear();
        out.lasting.reset();
    }
    response.body = std::make_unique<BodySource>(std::move(out.own), out.lasting, out.lost_at);
    return response;
}

std::pair<RangeAnswer, ByteRange> read_range(std::string_view header, std::uint64_t size) {
    constexpr std::string_view unit = "bytes=";
    const std::size_t dash = header.find('-');
    if (header.substr(0, unit.size()) != unit || dash == std::string_view::npos ||
        header.find(',') != std::string_view::npos) {
        return {RangeAnswer::whole, {}};
    }
    const std::string_view first_text = header.substr(unit.size(), dash - unit.size());
    const std::string_view last_text = header.substr(dash + 1);
    const auto first = to_number(first_text);
    const auto last = to_number(last_text);
    if ((!first.has_value() && !first_text.empty()) || (!last.has_value() && !last_text.empty()) ||
        (first_text.empty() && last_text.empty())) {
        return {RangeAnswer::whole, {}};
    }
    if (!first.has_value()) {  // the last so many bytes
        const std::uint64_t count = std::min(*last, size);
        return {count == 0 ? RangeAnswer::impossible : RangeAnswer::part, {size - count, size - 1}};
    }
    if (*first >= size) {
        return {RangeAnswer::impossible, {}};
    }
    return {RangeAnswer::part, {*first, std::min(last.value_or(size - 1), size - 1)}};
}

std::string error_body(std::string_view code, std::string_view message, std::string_view detail) {
    std::string out = R"({"errors":[{"code":)";
    json::append_string(out, code);
    out += R"(,"message":)";
    json::append_string(out, message);
    if (!detail.empty()) {
        out += R"(,"detail":)";
        json::append_string(out, detail);
    }
    return out + "}]}\n";
}

std::optional<world::Pair> read_basic(std::string_view authorization) {
    constexpr std::string_view scheme = "basic ";
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (!same_name(authorization.substr(0, scheme.size()), scheme)) {
        return std::nullopt;
    }
    std::string text;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : authorization.substr(scheme.size())) {
        const std::size_t value = digits.find(c);
        if (value == std::string_view::npos) {
            break;
        }
        bits = (bits << 6U) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            text.push_back(static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU));
        }
    }
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos) {
        return std::nullopt;
    }
    return world::Pair{text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace cutaway::model
