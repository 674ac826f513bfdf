// SPDX-License-Identifier: Apache-2.0
// Proving who we are, as far as a registry asks: Bearer tokens (distribution spec, "token authentication") and Basic.
// Tokens live in memory only, by registry and scope, until shortly before they expire. A token server must be one
// that the registry may send us to (endpoint.h). Shared by the tasks of a pull: the lock is never held while asking,
// so two tasks may each fetch a token, and a gate never holds it.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/registry/challenge.h"
#include "core/registry/endpoint.h"
#include "core/registry/exchange.h"

namespace cutaway::registry {

struct Credentials {
    std::string username;
    std::string password;
    std::string identity_token;  // a refresh token instead of a password

    [[nodiscard]] bool empty() const { return username.empty() && identity_token.empty(); }
};

// By the registry's name as references say it; empty credentials: none are known.
using CredentialsFor = std::function<Result<Credentials>(std::string_view registry)>;

std::string pull_scope(std::string_view path);  // "repository:library/nginx:pull"
std::string push_scope(std::string_view path);  // "repository:library/nginx:pull,push"
std::string base64(std::string_view bytes);

class Auth {
public:
    explicit Auth(CredentialsFor credentials) : credentials_(std::move(credentials)) {}

    // The Authorization header to begin with; "" if nothing is known yet, then ask without.
    std::string remembered(world::World& world, const Endpoint& endpoint, std::string_view scope);

    // What to answer to a 401 with these challenges. Errc::denied: nothing that we could say.
    Result<std::string> answer(world::World& world, const Endpoint& endpoint, std::string_view scope,
                               const std::vector<Challenge>& challenges);

    // The same for a person who logs in: a token server is asked for an identity token as well, which is worth keeping
    // instead of a password; "" if it gives none.
    struct Proof {
        std::string header;
        std::string identity_token;
    };
    Result<Proof> log_in(world::World& world, const Endpoint& endpoint, const std::vector<Challenge>& challenges);

private:
    struct Kept {
        std::string header;
        std::int64_t until_ns = 0;  // on the world's monotonic clock; 0: no end
        std::string identity_token;
    };
    struct Wish {  // what a token is for
        std::string scope;
        bool offline = false;  // and an identity token with it
    };
    using Key = std::pair<std::string, std::string>;  // origin, scope

    Result<Credentials> credentials_of(const Endpoint& endpoint);
    Result<Kept> fetch_token(world::World& world, const Endpoint& endpoint, const Wish& wish,
                             const Challenge& challenge);
    void keep(const Endpoint& endpoint, std::string_view scope, Kept kept);

    CredentialsFor credentials_;
    std::mutex guard_;
    std::map<Key, Kept> kept_;
};

}  // namespace cutaway::registry
