// SPDX-License-Identifier: Apache-2.0
// What the simulated registries hold, which registries there are, and what may go wrong with them: values that the
// machine keeps in its snapshot, and the interface through which the images that Cutaway brings along are looked up.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/enum.h"
#include "core/base/fields.h"

namespace cutaway::model {

// Read-only. Repositories are named in full: "docker.io/library/nginx". Views live as long as the content does.
class RegistryContent {
public:
    virtual ~RegistryContent() = default;
    [[nodiscard]] virtual bool has_repository(std::string_view repository) const = 0;
    [[nodiscard]] virtual std::vector<std::string> tags(std::string_view repository) const = 0;
    // The digest of the index or manifest that the tag names.
    [[nodiscard]] virtual std::optional<std::string> digest_of_tag(std::string_view repository,
                                                                   std::string_view tag) const = 0;
    // Indexes, manifests, configs and layers alike.
    [[nodiscard]] virtual std::optional<std::string_view> bytes_of(std::string_view repository,
                                                                   std::string_view digest) const = 0;
};

enum class RegistryLogin { none, basic, bearer };
CUTAWAY_ENUM(RegistryLogin, none, basic, bearer)

struct RegistryAccount {
    std::string name;
    std::string password;
    friend bool operator==(const RegistryAccount&, const RegistryAccount&) = default;
};
CUTAWAY_FIELDS(RegistryAccount, name, password)

struct RegistrySite {
    std::string name;       // as references say it: "docker.io"
    std::string authority;  // who answers: "registry-1.docker.io"
    RegistryLogin login = RegistryLogin::none;
    std::string token_authority;   // of bearer: "auth.docker.io"
    std::string service;           // of bearer: "registry.docker.io"
    std::string blob_authority;    // not empty: blobs are redirected there, as the Hub does
    bool anonymous_pull = true;    // else everything takes an account
    std::uint32_t rate_limit = 0;  // manifests a window; 0: none is announced
    std::vector<RegistryAccount> accounts;
    friend bool operator==(const RegistrySite&, const RegistrySite&) = default;
};
CUTAWAY_FIELDS(RegistrySite, name, authority, login, token_authority, service, blob_authority, anonymous_pull,
               rate_limit, accounts)

RegistrySite docker_hub();  // its true names; nothing real is ever contacted
RegistrySite private_registry(std::string authority, std::string account, std::string password);
std::vector<RegistrySite> standard_sites();  // the machine's: the Hub and one private host, each with an account

// status: that answer instead. corrupt: the byte at `offset` differs. truncate: nothing behind `offset`, and a
// Content-Length that says so. reset: the connection is lost at `offset`. refuse, timeout: no answer at all. slow: it
// comes `delay_ns` later. Redirects bring no bytes, so corrupt, truncate and reset let them pass uncounted.
enum class FaultKind { status, corrupt, truncate, reset, refuse, timeout, slow };
CUTAWAY_ENUM(FaultKind, status, corrupt, truncate, reset, refuse, timeout, slow)

struct RegistryFault {
    FaultKind what = FaultKind::status;
    std::string method;  // "" any
    std::string where;   // a part of the address: "/manifests/latest", "/token", a digest
    int status = 503;
    std::string code;  // of an error body: "TOOMANYREQUESTS"; "" an empty body
    std::string message;
    std::string retry_after;  // the header's text
    std::uint64_t offset = 0;
    std::uint32_t skip = 0;   // lets so many requests pass first
    std::uint32_t times = 1;  // then strikes so often; 0: for ever
    std::int64_t delay_ns = 0;
    friend bool operator==(const RegistryFault&, const RegistryFault&) = default;
};
CUTAWAY_FIELDS(RegistryFault, what, method, where, status, code, message, retry_after, offset, skip, times, delay_ns)

struct IssuedToken {
    std::string site;
    std::string account;              // "" anonymous
    std::vector<std::string> access;  // "pull docker.io/library/nginx"
    friend bool operator==(const IssuedToken&, const IssuedToken&) = default;
};
CUTAWAY_FIELDS(IssuedToken, site, account, access)

struct RegistryUpload {
    std::string repository;
    std::string bytes;
    friend bool operator==(const RegistryUpload&, const RegistryUpload&) = default;
};
CUTAWAY_FIELDS(RegistryUpload, repository, bytes)

// What the registries remember between commands.
struct RegistryState {
    std::vector<RegistrySite> sites;
    std::vector<RegistryFault> faults;
    std::map<std::string, IssuedToken> tokens;
    std::uint64_t issued = 0;
    std::map<std::string, std::uint64_t> pulls;     // site → manifests served
    std::map<std::string, std::string> moved_tags;  // "docker.io/library/nginx:latest" → digest
    std::map<std::string, std::string> pushed;      // "repository@digest" → bytes
    std::map<std::string, RegistryUpload> uploads;
    friend bool operator==(const RegistryState&, const RegistryState&) = default;
};
CUTAWAY_FIELDS(RegistryState, sites, faults, tokens, issued, pulls, moved_tags, pushed, uploads)

}  // namespace cutaway::model
