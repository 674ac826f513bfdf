// SPDX-License-Identifier: Apache-2.0
#include "core/cli/stepper_story.h"

#include <algorithm>
#include <map>
#include <type_traits>

namespace cutaway::cli {

namespace {

constexpr std::size_t field_width = 72;

template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

// An id or digest of 64 hex digits as docker prints it: its first twelve.
std::string with_short_ids(const std::string& text) {
    constexpr std::size_t whole = 64;
    constexpr std::size_t shown = 12;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && is_hex(text[end])) {
            ++end;
        }
        if (end == at) {
            ++end;
        }
        out += text.substr(at, end - at == whole ? shown : end - at);
        at = end;
    }
    return out;
}

// Cut at a whole UTF-8 character.
std::string shortened(std::string text) {
    text = with_short_ids(text);
    if (text.size() > field_width) {
        std::size_t end = field_width;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
            --end;
        }
        text = text.substr(0, end) + "…";
    }
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return text;
}

template <class T>
std::string value_text(const T& value);

// A file's mode as chmod takes it.
std::string octal(std::uint32_t mode) {
    std::string digits;
    for (; mode != 0; mode /= 8) {
        digits.insert(digits.begin(), static_cast<char>('0' + mode % 8));
    }
    return "0" + digits;
}

template <class T>
std::string field_text(std::string_view name, const T& value) {
    if constexpr (std::is_same_v<T, std::uint32_t>) {
        if (name == "mode") {
            return octal(value);
        }
    }
    return value_text(value);
}

template <class T>
std::string fields_text(const T& value) {
    [[maybe_unused]] static const T blank{};
    std::string out;
    visit_fields(&value, [&](std::string_view name, auto member) {
        if (value.*member == blank.*member || name == "container") {
            return;
        }
        out += (out.empty() ? "" : ", ") + std::string(name) + ": " + field_text(name, value.*member);
    });
    return out;
}

template <class T>
std::string list_text(const T& list) {
    std::string out;
    for (const auto& item : list) {
        out += (out.empty() ? "" : " ") + value_text(item);
        if (out.size() > field_width) {
            break;
        }
    }
    return shortened(out);
}

template <class T>
std::string value_text(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        return value ? "yes" : "no";
    } else if constexpr (NamedEnum<T>) {
        return std::string(to_name(value));
    } else if constexpr (std::is_integral_v<T>) {
        return std::to_string(value);
    } else if constexpr (std::is_same_v<T, std::string>) {
        return shortened(value);
    } else if constexpr (is_list<T>) {
        return "[" + list_text(value) + "]";
    } else if constexpr (IsVariant<T>::value) {
        return std::visit([](const auto& one) { return std::string(std::decay_t<decltype(one)>::kind); }, value);
    } else if constexpr (std::is_same_v<T, world::Pair>) {
        return value.name + "=" + shortened(value.value);
    } else {
        return "{" + fields_text(value) + "}";
    }
}

// A compiled filter is bytes that say nothing.
std::string kind_text(const world::LoadSeccomp& call) { return "seccomp(profile: " + call.profile + ")"; }

template <class T>
std::string kind_text(const T& one) {
    const std::string fields = fields_text(one);
    return std::string(T::kind) + (fields.empty() ? "" : "(" + fields + ")");
}

std::string body_text(const world::SpanStart& start) { return start.title; }
std::string body_text(const trace::SpanEnd& end) { return end.failed ? "failed: " + end.error : "done"; }
std::string body_text(const trace::Progress& progress) {
    return std::to_string(progress.done) + (progress.total == 0 ? "" : " of " + std::to_string(progress.total));
}
std::string body_text(const trace::CallEnd& end) {
    if (end.failed) {
        return "failed: " + end.error;
    }
    return end.reply.value == 0 ? "ok" : "= " + std::to_string(end.reply.value);
}
template <class... A>
std::string body_text(const std::variant<A...>& body) {
    return std::visit([](const auto& one) { return kind_text(one); }, body);
}

// Names for containers'' ids, in order of appearance.
class Names {
public:
    void meet(const std::string& id) {
        if (id.size() >= 12 && std::find(ids_.begin(), ids_.end(), id) == ids_.end()) {
            ids_.push_back(id);
        }
    }
    [[nodiscard]] std::string in(const std::string& text) const {
        std::string out;
        for (std::size_t at = 0; at < text.size();) {
            std::size_t end = at;
            while (end < text.size() && is_hex(text[end])) {
                ++end;
            }
            if (end == at) {
                out += text[at++];
                continue;
            }
            out += word(std::string_view(text).substr(at, end - at), out);
            at = end;
        }
        return out;
    }

private:
    [[nodiscard]] std::string word(std::string_view hex, std::string_view before) const {
        // A veth is named after the first seven letters; its "e" before "th" has ended the run, so hex is the id's own.
        const bool link = hex.size() == 7 && before.ends_with("eth");
        if (hex.size() == 12 || hex.size() == 64 || link) {
            for (std::size_t i = 0; i < ids_.size(); ++i) {
                if (std::string_view(ids_[i]).substr(0, hex.size()) == hex) {
                    return "<container-" + std::to_string(i + 1) + ">";
                }
            }
        }
        return hex.size() == 64 ? std::string(hex.substr(0, 12)) + "…" : std::string(hex);
    }
    std::vector<std::string> ids_;
};

struct Builder {
    StoryOptions options;
    std::size_t size = 0;
    Names names;
    std::vector<StoryLine> lines;
    std::map<std::uint32_t, std::size_t> open;    // span → line
    std::map<std::uint32_t, std::size_t> depths;  // span → its children's depth

    void begin(std::size_t n, const trace::Event& event) {
        const auto parent = depths.find(event.parent);
        StoryLine line;
        line.begin = n;
        line.end = size;
        line.depth = parent == depths.end() ? 0 : parent->second;
        depths[event.span] = line.depth + 1;
        if (event.kind == trace::EventKind::call_begin && options.calls == StoryCalls::hidden) {
            return;
        }
        const std::string phase(event.phase == world::Phase::none ? std::string_view("-") : to_name(event.phase));
        const std::string actor(to_name(event.actor));
        line.what = phase + std::string(phase.size() < 10 ? 10 - phase.size() : 0, ' ') + " " + actor +
                    std::string(actor.size() < 9 ? 9 - actor.size() : 0, ' ') + " " + names.in(event_text(event));
        open[event.span] = lines.size();
        lines.push_back(std::move(line));
    }
    void end(std::size_t n, const trace::Event& event) {
        const auto found = open.find(event.span);
        if (found == open.end()) {
            return;
        }
        StoryLine& line = lines[found->second];
        const auto* span = std::get_if<trace::SpanEnd>(&event.body);
        const auto* call = std::get_if<trace::CallEnd>(&event.body);
        line.end = n;
        line.failed = (span != nullptr && span->failed) || (call != nullptr && call->failed);
        line.result = span != nullptr && !span->failed ? "ok" : names.in(event_text(event));
        open.erase(found);
    }
    void take(std::size_t n, const trace::Event& event) {
        names.meet(event.container);
        switch (event.kind) {
            case trace::EventKind::span_begin:
            case trace::EventKind::call_begin: begin(n, event); break;
            case trace::EventKind::span_end:
            case trace::EventKind::call_end: end(n, event); break;
            default: break;
        }
    }
};

}  // namespace

std::string event_text(const trace::Event& event) {
    return std::visit([](const auto& body) { return body_text(body); }, event.body);
}

std::string call_text(const world::Call& call) { return body_text(call); }

std::vector<StoryLine> story_lines(std::size_t size, const EventAt& at, const StoryOptions& options) {
    Builder builder;
    builder.options = options;
    builder.size = size;
    for (std::size_t n = 0; n < size; ++n) {
        builder.take(n, at(n));
    }
    return std::move(builder.lines);
}

std::string story(const std::vector<trace::Event>& events, const StoryOptions& options) {
    std::string out;
    for (const StoryLine& line : story_lines(
             events.size(), [&](std::size_t n) { return events[n]; }, options)) {
        out += std::string(line.depth * 2, ' ') + line.what + "  " + (line.result.empty() ? "not ended" : line.result) +
               "\n";
    }
    return out;
}

}  // namespace cutaway::cli
