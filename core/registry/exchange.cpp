// SPDX-License-Identifier: Apache-2.0
#include "core/registry/exchange.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>

#include "core/registry/endpoint.h"

namespace cutaway::registry {

namespace {

constexpr int max_redirects = 10;
constexpr std::size_t max_refusal = 16384;
constexpr std::int64_t second_ns = 1'000'000'000;

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// Only questions without side effects are followed; a redirected upload is its caller's to repeat.
bool may_follow(const Question& question) { return question.method == "GET" || question.method == "HEAD"; }

Result<std::string> read_all(world::Source& body, std::size_t limit) {
    std::string all;
    std::array<char, 16384> piece{};
    for (;;) {
        const std::size_t got = TRY(body.read(piece));
        if (got == 0) {
            return all;
        }
        if (got > limit - all.size()) {
            return fail(Errc::invalid, "the answer has more than " + std::to_string(limit) + " bytes");
        }
        all.append(piece.data(), got);
    }
}

std::string read_some(world::Source& body, std::size_t limit) {
    std::string all;
    std::array<char, 4096> piece{};
    while (all.size() < limit) {
        const Result<std::size_t> got = body.read(piece);
        if (!got || *got == 0) {
            break;
        }
        all.append(piece.data(), std::min(*got, limit - all.size()));
    }
    return all;
}

// Takes the body along where the question wants it whole, so that a connection lost in it is tried again too.
Result<Answer> to_answer(const Question& question, world::HttpResponse response, Url from) {
    Answer answer{response.status, std::move(response.headers), std::move(response.body), {}, std::move(from)};
    if (question.whole > 0) {
        answer.text =
            passes(answer.status) ? TRY(read_all(*answer.body, question.whole)) : read_some(*answer.body, max_refusal);
        answer.body.reset();
    }
    return answer;
}

Result<Url> next_address(const Url& url, const world::HttpResponse& response) {
    const std::string location(world::header(response.headers, "location"));
    const Url next = TRY_IN("redirect from " + url.host, resolve_location(url, location));
    TRY_IN("redirect", may_lead_to(url, next));
    return next;
}

world::HttpRequest to_request(const Question& question, const Url& url, const std::string& authorization) {
    world::HttpRequest request{question.method, to_text(url), question.headers, question.body};
    if (!authorization.empty()) {
        request.headers.push_back({"Authorization", authorization});
    }
    return request;
}

Result<Answer> ask_once(world::World& world, const Question& question) {
    Url url = question.url;
    std::string authorization = question.authorization;
    for (int hop = 0; hop <= max_redirects; ++hop) {
        std::unique_ptr<world::Source> upload;
        if (question.open_body) {
            upload = TRY(question.open_body());
        }
        world::HttpResponse response =
            TRY(world.transport.send(to_request(question, url, authorization), upload.get()));
        if (!is_redirect(response.status) || !may_follow(question)) {
            return to_answer(question, std::move(response), url);
        }
        const Url next = TRY(next_address(url, response));
        if (!same_origin(url, next) && !authorization.empty()) {
            authorization.clear();
            world.narrator.note(world::Decision{{},
                                                "redirect",
                                                next.host,
                                                url.host + " keeps the bytes at " + next.host +
                                                    "; our credentials are not for that host and stay here"});
        }
        url = next;
    }
    return fail(Errc::invalid, "stopped after " + std::to_string(max_redirects) + " redirects");
}

// "Sun, 06 Nov 1994 08:49:37 GMT" to seconds since 1970 (RFC 9110 section 5.6.7, the one format senders may use).
std::optional<std::int64_t> parse_http_date(std::string_view text) {
    constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (text.size() != 29 || text.substr(25) != " GMT" || text[19] != ':' || text[22] != ':') {
        return std::nullopt;
    }
    const auto number = [&](std::size_t at, std::size_t size) {
        int value = -1;
        const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + size, value);
        return error == std::errc() && end == text.data() + at + size ? value : -1;
    };
    const auto month = std::find(months.begin(), months.end(), text.substr(8, 3));
    const int day = number(5, 2);
    const int year = number(12, 4);
    const int hours = number(17, 2);
    const int minutes = number(20, 2);
    const int seconds = number(23, 2);
    if (month == months.end() || day < 1 || year < 1970 || hours < 0 || minutes < 0 || seconds < 0) {
        return std::nullopt;
    }
    const auto month_number = static_cast<unsigned>(month - months.begin()) + 1;
    const std::chrono::sys_days days{std::chrono::year(year) / std::chrono::month(month_number) /
                                     std::chrono::day(static_cast<unsigned>(day))};
    return days.time_since_epoch().count() * std::int64_t{86400} + hours * 3600 + minutes * 60 + seconds;
}

// Nanoseconds to wait, saturated; nothing for what is no Retry-After.
std::optional<std::int64_t> parse_retry_after(std::string_view text, std::int64_t wall_ns) {
    constexpr std::int64_t most = 1'000'000'000;  // seconds: some decades, and no overflow
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const bool digits =
        !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (digits && end == text.data() + text.size()) {
        return error == std::errc() ? std::min(seconds, most) * second_ns : most * second_ns;
    }
    const auto date = parse_http_date(text);
    if (!date.has_value()) {
        return std::nullopt;
    }
    return std::clamp<std::int64_t>(*date - wall_ns / second_ns, 0, most) * second_ns;
}

std::string seconds_text(std::int64_t ns) {
    const std::string whole = std::to_string(ns / second_ns);
    const std::int64_t tenths = ns % second_ns / (second_ns / 10);
    return (tenths == 0 ? whole : whole + "." + std::to_string(tenths)) + " s";
}

struct Attempt {
    int number = 0;
    std::int64_t wait_ns = 0;
    std::string why;
};

Result<Answer> ask_again(world::World& world, const Question& question, const Attempt& attempt) {
    const std::string title = "try again after " + seconds_text(attempt.wait_ns);
    return world::within(world.narrator,
                         {world::Grain::step, world::Phase::none, title, world::Actor::daemon, {}, false},
                         [&]() -> Result<Answer> {
                             world.narrator.note(world::Decision{
                                 {}, "retry", "try number " + std::to_string(attempt.number + 1), attempt.why});
                             TRY(world.clock.sleep(attempt.wait_ns));
                             return ask_once(world, question);
                         });
}

std::string reason_of(const Result<Answer>& answer) {
    return answer ? "the server answered " + std::to_string(answer->status) : answer.error().doing;
}

bool worth_another_try(const Result<Answer>& answer) {
    return answer ? is_momentary(answer->status) : is_momentary(answer.error());
}

}  // namespace

bool passes(int status) { return status >= 200 && status < 300; }

bool is_momentary(int status) {
    return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

bool is_momentary(const Error& error) { return error.code == Errc::network || error.code == Errc::timeout; }

Result<std::int64_t> wait_before(int attempt, std::string_view retry_after, std::int64_t wall_ns,
                                 const RetryPolicy& policy) {
    if (const auto asked = parse_retry_after(retry_after, wall_ns)) {
        if (*asked > policy.longest_wait_ns) {
            return fail(Errc::network, "the server asks to wait " + seconds_text(*asked));
        }
        return *asked;
    }
    std::int64_t wait = policy.first_wait_ns;
    for (int i = 1; i < attempt && wait < policy.longest_wait_ns; ++i) {
        wait *= 2;
    }
    return std::min(wait, policy.longest_wait_ns);
}

Result<Answer> exchange(world::World& world, const Question& question, const RetryPolicy& policy) {
    Result<Answer> answer = ask_once(world, question);
    for (int attempt = 1; attempt < policy.attempts && worth_another_try(answer); ++attempt) {
        const std::string asked(answer ? world::header(answer->headers, "retry-after") : std::string_view());
        const Result<std::int64_t> wait = wait_before(attempt, asked, world.clock.wall_ns(), policy);
        if (!wait) {
            break;  // too long to wait here: the caller reports what the server said
        }
        const Attempt next{attempt, *wait, reason_of(answer)};
        answer = fail(Errc::network, "given up");  // lets go of the body before the line is used again
        answer = ask_again(world, question, next);
    }
    return answer;
}

std::string refusal_text(Answer& answer) {
    return answer.body == nullptr ? answer.text : read_some(*answer.body, max_refusal);
}

}  // namespace cutaway::registry
