// SPDX-License-Identifier: Apache-2.0
#include "core/cli/go_template.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <vector>

#include <nlohmann/json.hpp>

namespace cutaway::cli {

namespace {

using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;

struct Piece {  // text, or an action split into words; "|" and ":=" are words of their own
    bool action = false;
    std::string text;
    Words words;
};

Result<Words> split_action(std::string_view body) {
    Words words;
    std::size_t at = 0;
    while (at < body.size()) {
        const char c = body[at];
        if (c == ' ' || c == '\t' || c == '\n' || c == ',') {
            ++at;
        } else if (c == '"' || c == '`') {
            const std::size_t end = body.find(c, at + 1);
            if (end == std::string_view::npos) {
                return fail(Errc::invalid, "template parsing error: template: :1: unterminated quoted string");
            }
            words.push_back("\"" + std::string(body.substr(at + 1, end - at - 1)));
            at = end + 1;
        } else if (c == '|' || c == '(' || c == ')') {
            words.emplace_back(1, c);
            ++at;
        } else {
            const std::size_t end = std::min(body.find_first_of(" \t\n,|()\"`", at), body.size());
            words.emplace_back(body.substr(at, end - at));
            at = end;
        }
    }
    return words;
}

std::string_view trim_end(std::string_view text) {
    const std::size_t last = text.find_last_not_of(" \t\n");
    return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

Result<std::vector<Piece>> split(std::string_view text) {
    std::vector<Piece> pieces;
    while (!text.empty()) {
        const std::size_t open = text.find("{{");
        std::string_view before = text.substr(0, open);
        if (open == std::string_view::npos) {
            pieces.push_back({false, std::string(before), {}});
            break;
        }
        const std::size_t close = text.find("}}", open);
        if (close == std::string_view::npos) {
            return fail(Errc::invalid, "template parsing error: template: :1: unclosed action");
        }
        std::string_view body = text.substr(open + 2, close - open - 2);
        if (body.starts_with("- ")) {
            body.remove_prefix(2);
            before = trim_end(before);
        }
        text.remove_prefix(close + 2);
        if (body.ends_with(" -")) {
            body.remove_suffix(2);
            text.remove_prefix(std::min(text.find_first_not_of(" \t\n"), text.size()));
        }
        pieces.push_back({false, std::string(before), {}});
        pieces.push_back({true, std::string(body), TRY(split_action(body))});
    }
    return pieces;
}

bool truth(const Json& value) {
    if (value.is_null()) {
        return false;
    }
    if (value.is_boolean()) {
        return value.get<bool>();
    }
    if (value.is_number()) {
        return value != 0;
    }
    return value.is_string() ? !value.get_ref<const std::string&>().empty() : !value.empty();
}

std::string show(const Json& value) {
    if (value.is_string()) {
        return value.get<std::string>();
    }
    if (value.is_null()) {
        return "<no value>";
    }
    if (!value.is_structured()) {
        return value.dump();
    }
    std::string text = value.is_array() ? "[" : "map[";  // Go's way of printing lists and maps
    bool first = true;
    for (const auto& [key, item] : value.items()) {
        text += (first ? "" : " ") + (value.is_array() ? "" : key + ":") + show(item);
        first = false;
    }
    return text + "]";
}

class Renderer {
public:
    Renderer(const std::vector<Piece>& pieces, const Json& root) : pieces_(pieces), dot_(root) { names_["$"] = root; }

    Result<std::string> all() {
        std::string out;
        std::size_t at = 0;
        TRY(block(at, true, out));
        if (at != pieces_.size()) {
            return fail(Errc::invalid, "template parsing error: template: :1: unexpected {{" + pieces_[at].text + "}}");
        }
        return out;
    }

private:
    // Until this block's {{end}} or {{else}}, which is left standing; `live` false: nothing is printed.
    Status block(std::size_t& at, bool live, std::string& out) {
        if (++depth_ > 32) {
            return fail(Errc::invalid, "template parsing error: nested too deep");
        }
        for (; at < pieces_.size(); ++at) {
            const Piece& piece = pieces_[at];
            if (!piece.action) {
                out += live ? piece.text : "";
                continue;
            }
            const std::string& word = piece.words.empty() ? piece.text : piece.words.front();
            if (word == "end" || word == "else") {
                break;
            }
            if (word == "if" || word == "range" || word == "with") {
                TRY(word == "range" ? range(at, live, out) : condition(at, live, out));
            } else if (live) {
                TRY(print(piece.words, out));
            }
        }
        --depth_;
        return {};
    }

    Status print(const Words& words, std::string& out) {
        if (words.size() > 2 && words[1] == ":=") {
            names_[words[0]] = TRY(pipeline({words.begin() + 2, words.end()}));
            return {};
        }
        out += show(TRY(pipeline(words)));
        return {};
    }

    Status close(std::size_t at) const {
        if (at >= pieces_.size()) {
            return fail(Errc::invalid, "template parsing error: template: :1: unexpected EOF");
        }
        return {};
    }

    Status condition(std::size_t& at, bool live, std::string& out) {
        const Words words = pieces_[at].words;
        const Json value = live ? TRY(pipeline({words.begin() + 1, words.end()})) : Json();
        const bool yes = truth(value);
        const Json outer = dot_;
        if (words.front() == "with" && yes) {
            dot_ = value;
        }
        TRY(block(++at, live && yes, out));
        dot_ = outer;
        TRY(close(at));
        if (pieces_[at].words.front() == "else") {
            TRY(block(++at, live && !yes, out));
            TRY(close(at));
        }
        return {};
    }

    Status range(std::size_t& at, bool live, std::string& out) {
        Words words(pieces_[at].words.begin() + 1, pieces_[at].words.end());
        Words names;
        const auto assign = std::find(words.begin(), words.end(), ":=");
        if (assign != words.end()) {
            names.assign(words.begin(), assign);
            words.erase(words.begin(), assign + 1);
        }
        const Json list = live ? TRY(pipeline(words)) : Json::array();
        const Json outer = dot_;
        const std::size_t body = at + 1;
        std::size_t end = body;
        for (const auto& [key, item] : list.items()) {
            dot_ = item;
            if (!names.empty()) {
                names_[names.back()] = item;
            }
            if (names.size() > 1) {
                names_[names.front()] = list.is_array() ? Json(std::stoull(key)) : Json(key);
            }
            end = body;
            TRY(block(end, true, out));
        }
        if (list.empty()) {
            TRY(block(end, false, out));
        }
        dot_ = outer;
        at = end;
        TRY(close(at));
        if (pieces_[at].words.front() == "else") {
            TRY(block(++at, live && list.empty(), out));
            TRY(close(at));
        }
        return {};
    }

    Result<Json> pipeline(const Words& words) {
        Words stage;
        std::vector<Json> carried;
        for (std::size_t i = 0; i <= words.size(); ++i) {
            if (i < words.size() && words[i] != "|") {
                stage.push_back(words[i]);
                continue;
            }
            std::size_t at = 0;
            Json value = TRY(command(stage, at, carried));
            if (at != stage.size()) {
                return fail(Errc::invalid, "template parsing error: template: :1: unexpected \"" + stage[at] + "\"");
            }
            carried = {std::move(value)};
            stage.clear();
        }
        return carried.front();
    }

    // A function and its arguments up to the end or a closing parenthesis, or a single operand.
    Result<Json> command(const Words& words, std::size_t& at, const std::vector<Json>& carried) {
        if (at >= words.size()) {
            return fail(Errc::invalid, "template parsing error: template: :1: missing value for command");
        }
        const std::string& name = words[at];
        const bool operand = name.front() == '.' || name.front() == '$' || name.front() == '"' || name == "(" ||
                             name == "true" || name == "false" || name == "nil" || name.front() == '-' ||
                             (name.front() >= '0' && name.front() <= '9');
        if (operand) {
            return value(words, at);
        }
        ++at;
        std::vector<Json> arguments;
        while (at < words.size() && words[at] != ")") {
            arguments.push_back(TRY(value(words, at)));
        }
        arguments.insert(arguments.end(), carried.begin(), carried.end());
        return apply(name, arguments);
    }

    Result<Json> value(const Words& words, std::size_t& at) {
        const std::string& word = words[at++];
        if (word == "(") {
            Json inner = TRY(command(words, at, {}));
            if (at >= words.size() || words[at] != ")") {
                return fail(Errc::invalid, "template parsing error: template: :1: unclosed left paren");
            }
            ++at;
            return inner;
        }
        if (word.front() == '"') {
            return Json(word.substr(1));
        }
        if (word == "true" || word == "false") {
            return Json(word == "true");
        }
        if (word == "nil") {
            return Json();
        }
        if (word.front() == '.') {
            return field(dot_, word);
        }
        if (word.front() == '$') {
            const std::size_t dot = std::min(word.find('.'), word.size());
            const auto known = names_.find(word.substr(0, dot));
            if (known == names_.end()) {
                return fail(Errc::invalid, "template parsing error: template: :1: undefined variable \"" + word + "\"");
            }
            return field(known->second, word.substr(dot));
        }
        std::int64_t number = 0;
        const auto got = std::from_chars(word.data(), word.data() + word.size(), number);
        if (got.ec != std::errc{} || got.ptr != word.data() + word.size()) {
            return fail(Errc::invalid, "template parsing error: template: :1: function \"" + word + "\" not defined");
        }
        return Json(number);
    }

    Result<Json> field(const Json& from, const std::string& path) const {
        Json value = from;
        std::size_t at = 0;
        while (at < path.size()) {
            const std::size_t end = std::min(path.find('.', at + 1), path.size());
            const std::string name = path.substr(at + 1, end - at - 1);
            at = end;
            if (name.empty()) {
                continue;
            }
            if (!value.is_object() || !value.contains(name)) {
                return fail(Errc::invalid, "template: :1:2: executing \"\" at <" + path +
                                               ">: map has no entry for key \"" + name + "\"");
            }
            value = Json(value[name]);
        }
        return value;
    }

    static Result<Json> apply(const std::string& name, const std::vector<Json>& arguments) {
        const auto count = arguments.size();
        const auto text = [&](std::size_t i) { return i < count ? show(arguments[i]) : std::string(); };
        if (name == "json" && count == 1) {
            return Json(arguments[0].dump());
        }
        if (name == "len" && count == 1) {
            return Json(arguments[0].is_string() ? text(0).size() : arguments[0].size());
        }
        if ((name == "print" || name == "println") && count > 0) {
            std::string all;
            for (std::size_t i = 0; i < count; ++i) {
                all += (i == 0 ? "" : " ") + text(i);
            }
            return Json(all + (name == "println" ? "\n" : ""));
        }
        if (name == "index" && count > 0) {
            return index(arguments);
        }
        if (name == "join" && count == 2 && arguments[0].is_array()) {
            std::string all;
            for (const Json& item : arguments[0]) {
                all += (all.empty() ? "" : text(1)) + show(item);
            }
            return Json(all);
        }
        if ((name == "upper" || name == "lower") && count == 1) {
            std::string all = text(0);
            std::transform(all.begin(), all.end(), all.begin(), [&](char c) {
                const bool up = name == "upper" && c >= 'a' && c <= 'z';
                const bool down = name == "lower" && c >= 'A' && c <= 'Z';
                return static_cast<char>(up ? c - 32 : down ? c + 32 : c);
            });
            return Json(all);
        }
        if ((name == "eq" || name == "ne") && count >= 2) {
            const bool same = arguments[0] == arguments[1];
            return Json(name == "eq" ? same : !same);
        }
        if (name == "not" && count == 1) {
            return Json(!truth(arguments[0]));
        }
        if ((name == "and" || name == "or") && count > 0) {
            const bool stop_at = name == "or";
            const auto found = std::find_if(arguments.begin(), arguments.end() - 1,
                                            [&](const Json& one) { return truth(one) == stop_at; });
            return Json(*found);
        }
        return fail(Errc::invalid, "template parsing error: template: :1: function \"" + name + "\" not defined");
    }

    static Result<Json> index(const std::vector<Json>& arguments) {
        Json value = arguments[0];
        for (std::size_t i = 1; i < arguments.size(); ++i) {
            const Json& key = arguments[i];
            const bool named = value.is_object() && key.is_string() && value.contains(key.get<std::string>());
            const bool counted = value.is_array() && key.is_number_integer() && key.get<std::int64_t>() >= 0 &&
                                 key.get<std::size_t>() < value.size();
            if (!named && !counted) {
                return fail(
                    Errc::invalid,
                    "template: :1:2: executing \"\" at <index>: error calling index: index out of range: " + show(key));
            }
            value = named ? Json(value[key.get<std::string>()]) : Json(value[key.get<std::size_t>()]);
        }
        return value;
    }

    const std::vector<Piece>& pieces_;
    Json dot_;
    std::map<std::string, Json> names_;
    int depth_ = 0;
};

}  // namespace

Result<std::string> render(std::string_view text, const Json& data) {
    const std::vector<Piece> pieces = TRY(split(text));
    return Renderer(pieces, data).all();
}

}  // namespace cutaway::cli
