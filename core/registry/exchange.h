// SPDX-License-Identifier: Apache-2.0
// One question to a server and its answer: redirects followed by hand, so that credentials stay with the origin they
// are for, and failures of the moment (408, 429, 5xx, a lost connection) tried again after a wait that the server may
// set. Every further try is a span of its own, so that a trace says why something was asked twice.
// It knows nothing of images and gets no tokens. Bodies are bounded by whoever reads them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/registry/url.h"
#include "core/world/world.h"

namespace cutaway::registry {

struct RetryPolicy {
    int attempts = 6;                               // the first one included
    std::int64_t first_wait_ns = 2'000'000'000;     // doubles each time
    std::int64_t longest_wait_ns = 60'000'000'000;  // a Retry-After beyond it ends the tries
};

// A request's body as a stream, from its beginning: opened anew each time the question is asked.
using OpenBody = std::function<Result<std::unique_ptr<world::Source>>()>;

struct Question {
    std::string method = "GET";
    Url url;
    std::vector<world::Pair> headers;
    std::string body;
    OpenBody open_body;         // instead of `body`; such a question needs `whole`
    std::string authorization;  // sent to the origin of `url` only, and not once a redirect has left it
    std::size_t whole = 0;      // read an answer that passes into `text`, at most so many bytes; 0: leave it a stream
};

struct Answer {
    int status = 0;
    std::vector<world::Pair> headers;     // names in lower case
    std::unique_ptr<world::Source> body;  // null once it was read into `text`
    std::string text;
    Url from;  // who answered, after redirects
};

Result<Answer> exchange(world::World& world, const Question& question, const RetryPolicy& policy);

// Waits before try number `attempt` (from 1): what the server asked for, else doubling. Errc::network if that is
// longer than the policy allows.
Result<std::int64_t> wait_before(int attempt, std::string_view retry_after, std::int64_t wall_ns,
                                 const RetryPolicy& policy);

// What an answer says when it does not pass: read already, or as much of the stream as a message needs.
std::string refusal_text(Answer& answer);

bool passes(int status);        // 200 to 299
bool is_momentary(int status);  // worth another try
bool is_momentary(const Error& error);

}  // namespace cutaway::registry
