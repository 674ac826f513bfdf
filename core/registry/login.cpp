// SPDX-License-Identifier: Apache-2.0
#include "core/registry/login.h"

#include "core/registry/challenge.h"

namespace cutaway::registry {

namespace {

std::string reason(int status) {
    return std::to_string(status) + (status == 401   ? " Unauthorized"
                                     : status == 403 ? " Forbidden"
                                     : status == 404 ? " Not Found"
                                     : status == 429 ? " Too Many Requests"
                                     : status == 500 ? " Internal Server Error"
                                     : status == 503 ? " Service Unavailable"
                                                     : "");
}

}  // namespace

Result<Credentials> try_login(world::World& world, const Settings& settings, std::string_view registry,
                              const Credentials& credentials) {
    const Endpoint endpoint = TRY(reach(world, TRY(endpoint_of(registry, settings.trust)), settings.retry));
    Question question;
    question.url = endpoint.url;
    question.url.target = "/v2/";
    question.whole = std::size_t{1} << 16U;
    Answer answer = TRY(exchange(world, question, settings.retry));
    Credentials kept = credentials;
    if (answer.status == 401) {
        Auth auth([&credentials](std::string_view) { return Result<Credentials>(credentials); });
        Result<Auth::Proof> proof = auth.log_in(world, endpoint, challenges_of(answer.headers));
        if (!proof) {
            return fail(proof.error().code, "Get \"" + to_text(question.url) + "\": " + proof.error().doing);
        }
        question.authorization = proof->header;
        if (!proof->identity_token.empty()) {
            kept = {credentials.username, "", proof->identity_token};
        }
        answer = TRY(exchange(world, question, settings.retry));
    }
    if (!passes(answer.status)) {
        return fail(Errc::denied,
                    "login attempt to " + to_text(question.url) + " failed with status: " + reason(answer.status));
    }
    return kept;
}

}  // namespace cutaway::registry
