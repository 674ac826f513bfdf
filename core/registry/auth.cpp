// SPDX-License-Identifier: Apache-2.0
#include "core/registry/auth.h"

#include <algorithm>

#include "core/base/json.h"
#include "core/registry/errors.h"

namespace cutaway::registry {

namespace {

constexpr std::size_t max_token_answer = 1U << 20U;
constexpr std::size_t max_token = 1U << 16U;
constexpr std::int64_t shortest_life_s = 60;  // the specification's default; servers that say less mean it
constexpr std::int64_t longest_life_s = 86400;
constexpr std::int64_t second_ns = 1'000'000'000;

struct Token {
    std::string text;
    std::string refresh;  // an identity token
    std::int64_t life_s = shortest_life_s;
};

// Both names are in use: "token" is the older, "access_token" OAuth's; a server that sends both sends the same.
Result<Token> read_token(std::string_view body) {
    json::Reader in(body);
    Token token;
    std::string access;
    std::string_view key;
    bool good = in.begin_object();
    while (good && in.next_key(key)) {
        if (key == "token" || key == "access_token" || key == "refresh_token") {
            std::string& into = key == "token" ? token.text : key == "access_token" ? access : token.refresh;
            good = in.read_null() || in.read_string(into);
        } else if (key == "expires_in") {
            good = in.read_null() || in.read_int(token.life_s);
        } else {
            good = in.skip();
        }
    }
    if (!good || !in.ok() || !in.at_end()) {
        return fail(Errc::invalid, "the token server's answer is not the JSON object it should be");
    }
    token.text = token.text.empty() ? access : token.text;
    const bool sendable = std::all_of(token.text.begin(), token.text.end(), [](char c) { return c > ' ' && c < 0x7F; });
    if (token.text.empty() || token.text.size() > max_token || !sendable) {
        return fail(Errc::invalid, "the token server's answer holds no token that could be sent");
    }
    token.life_s = std::clamp(token.life_s, shortest_life_s, longest_life_s);
    return token;
}

std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const std::size_t blank = std::min(text.find(' '), text.size());
        if (blank > 0) {
            out.emplace_back(text.substr(0, blank));
        }
        text.remove_prefix(std::min(blank + 1, text.size()));
    }
    return out;
}

// Ours and what the registry named, each once.
std::vector<std::string> scopes_of(std::string_view own, const Challenge& challenge) {
    std::vector<std::string> scopes = words(own);
    for (std::string& one : words(parameter(challenge, "scope"))) {
        if (std::find(scopes.begin(), scopes.end(), one) == scopes.end()) {
            scopes.push_back(std::move(one));
        }
    }
    return scopes;
}

std::string basic(const Credentials& known) { return "Basic " + base64(known.username + ":" + known.password); }

// token.md: GET with service and every scope repeated; who we are by Basic.
Question token_question(const Url& realm, const Credentials& known, std::string_view service,
                        const std::vector<std::string>& scopes, bool offline) {
    Question question;
    question.url = realm;
    std::string& target = question.url.target;
    char mark = target.find('?') == std::string::npos ? '?' : '&';
    const auto add = [&](std::string_view name, std::string_view value) {
        target += mark + std::string(name) + "=" + percent_encoded(value);
        mark = '&';
    };
    if (!known.empty()) {
        add("account", known.username);
        question.authorization = basic(known);
    }
    if (!service.empty()) {
        add("service", service);
    }
    for (const std::string& scope : scopes) {
        add("scope", scope);
    }
    if (offline) {
        add("client_id", "cutaway");
        add("offline_token", "true");
    }
    return question;
}

// oauth.md: an identity token is traded for an access token by POST, all scopes in one field.
Question refresh_question(const Url& realm, const Credentials& known, std::string_view service,
                          const std::vector<std::string>& scopes) {
    std::string joined;
    for (const std::string& scope : scopes) {
        joined += (joined.empty() ? "" : " ") + scope;
    }
    Question question;
    question.method = "POST";
    question.url = realm;
    question.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    question.body =
        "client_id=cutaway&grant_type=refresh_token&refresh_token=" + percent_encoded(known.identity_token) +
        "&scope=" + percent_encoded(joined) + "&service=" + percent_encoded(service);
    return question;
}

const Challenge* find_scheme(const std::vector<Challenge>& challenges, std::string_view scheme) {
    for (const Challenge& one : challenges) {
        if (one.scheme == scheme) {
            return &one;
        }
    }
    return nullptr;
}

Error cannot_answer(const std::vector<Challenge>& challenges) {
    if (find_scheme(challenges, "basic") != nullptr) {
        return fail(Errc::denied, "no basic auth credentials");  // docker's words
    }
    std::string schemes;
    for (const Challenge& one : challenges) {
        schemes += (schemes.empty() ? "" : ", ") + one.scheme;
    }
    return fail(Errc::denied, challenges.empty()
                                  ? "unauthorized: the registry asks for a login but does not say which kind"
                                  : "unauthorized: the registry wants " + schemes + ", which is not spoken here");
}

}  // namespace

std::string pull_scope(std::string_view path) { return "repository:" + std::string(path) + ":pull"; }

std::string push_scope(std::string_view path) { return "repository:" + std::string(path) + ":pull,push"; }

std::string base64(std::string_view bytes) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            const auto byte = at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U;
            group = (group << 8U) | byte;
        }
        for (std::size_t i = 0; i < 4; ++i) {
            const bool given = at + i <= bytes.size();  // n bytes make n + 1 digits
            out.push_back(given ? digits[(group >> (18U - 6U * i)) & 0x3FU] : '=');
        }
    }
    return out;
}

std::string Auth::remembered(world::World& world, const Endpoint& endpoint, std::string_view scope) {
    const std::lock_guard<std::mutex> lock(guard_);
    for (const std::string_view wanted : {scope, std::string_view()}) {  // "": Basic, good for every scope
        const auto found = kept_.find({to_text(endpoint.url), std::string(wanted)});
        if (found != kept_.end() && (found->second.until_ns == 0 || world.clock.now_ns() < found->second.until_ns)) {
            return found->second.header;
        }
    }
    return {};
}

void Auth::keep(const Endpoint& endpoint, std::string_view scope, Kept kept) {
    const std::lock_guard<std::mutex> lock(guard_);
    kept_[{to_text(endpoint.url), std::string(scope)}] = std::move(kept);
}

Result<Credentials> Auth::credentials_of(const Endpoint& endpoint) {
    return credentials_ ? credentials_(endpoint.name) : Result<Credentials>(Credentials{});
}

Result<Auth::Kept> Auth::fetch_token(world::World& world, const Endpoint& endpoint, const Wish& wish,
                                     const Challenge& challenge) {
    const Url realm = TRY_IN("token server", parse_url(parameter(challenge, "realm")));
    TRY_IN("token server refused", may_lead_to(endpoint.url, realm));
    const Credentials known = TRY(credentials_of(endpoint));
    const std::vector<std::string> scopes = scopes_of(wish.scope, challenge);
    const std::string_view service = parameter(challenge, "service");
    Question question = known.identity_token.empty() ? token_question(realm, known, service, scopes, wish.offline)
                                                     : refresh_question(realm, known, service, scopes);
    question.whole = max_token_answer;
    Answer answer = TRY(exchange(world, question, RetryPolicy{}));
    if (!passes(answer.status)) {
        const Refusal refusal = read_refusal(answer.status, {}, refusal_text(answer));
        const std::string why = refusal.complaints.empty()
                                    ? "the token server answered " + std::to_string(answer.status)
                                    : sentence(refusal.complaints.front());
        return fail(is_momentary(answer.status) ? Errc::network : Errc::denied, why);
    }
    const Token token = TRY(read_token(answer.text));
    return Kept{"Bearer " + token.text, world.clock.now_ns() + token.life_s * second_ns - 5 * second_ns, token.refresh};
}

Result<std::string> Auth::answer(world::World& world, const Endpoint& endpoint, std::string_view scope,
                                 const std::vector<Challenge>& challenges) {
    if (const Challenge* bearer = find_scheme(challenges, "bearer")) {
        Kept kept = TRY(world::within(
            world.narrator, {world::Grain::step, world::Phase::none, "get a token", world::Actor::daemon, {}, false},
            [&] {
                return fetch_token(world, endpoint, {std::string(scope), false}, *bearer);
            }));
        keep(endpoint, scope, kept);
        return kept.header;
    }
    if (find_scheme(challenges, "basic") != nullptr) {
        const Credentials known = TRY(credentials_of(endpoint));
        if (!known.username.empty()) {
            const std::string header = basic(known);
            keep(endpoint, "", {header, 0, {}});
            return header;
        }
    }
    return cannot_answer(challenges);
}

Result<Auth::Proof> Auth::log_in(world::World& world, const Endpoint& endpoint,
                                 const std::vector<Challenge>& challenges) {
    if (const Challenge* bearer = find_scheme(challenges, "bearer")) {
        Kept kept = TRY(world::within(
            world.narrator, {world::Grain::step, world::Phase::none, "get a token", world::Actor::daemon, {}, false},
            [&] {
                return fetch_token(world, endpoint, {{}, true}, *bearer);
            }));
        return Proof{std::move(kept.header), std::move(kept.identity_token)};
    }
    return Proof{TRY(answer(world, endpoint, "", challenges)), {}};
}

}  // namespace cutaway::registry
