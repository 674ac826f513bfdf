// SPDX-License-Identifier: Apache-2.0
#include "core/model/registry_server.h"

#include <algorithm>
#include <array>

#include "core/base/binary.h"
#include "core/base/json.h"
#include "core/base/sha256.h"
#include "core/oci/digest.h"
#include "core/oci/media_type.h"

namespace cutaway::model {

namespace {

constexpr int token_life_s = 300;

// The document's own mediaType, or what its shape means.
std::string media_type_of(std::string_view bytes) {
    json::Reader in(bytes);
    std::string type;
    bool lists = false;
    std::string_view key;
    if (in.begin_object()) {
        while (in.next_key(key)) {
            lists = lists || key == "manifests";
            if (!(key == "mediaType" ? in.read_string(type) : in.skip())) {
                break;
            }
        }
    }
    if (!type.empty()) {
        return type;
    }
    return std::string(lists ? oci::media_type::oci_index : oci::media_type::oci_manifest);
}

bool accepts(const world::HttpRequest& request, std::string_view type) {
    const std::string_view wanted = request_header(request, "accept");
    return wanted.empty() || wanted.find(type) != std::string_view::npos ||
           wanted.find("*/*") != std::string_view::npos;
}

Outgoing failure(int status, std::string_view code, std::string_view message) {
    Outgoing out;
    out.status = status;
    out.headers.push_back({"content-type", "application/json; charset=utf-8"});
    out.own = error_body(code, message);
    return out;
}

Outgoing plain(int status) {
    Outgoing out;
    out.status = status;
    return out;
}

bool is_pull(const world::HttpRequest& request) { return request.method == "GET" || request.method == "HEAD"; }

bool is_digest(std::string_view text) { return oci::parse_digest(text).has_value(); }

// "/v2/library/nginx/manifests/latest": the last of those words divides, because repositories may be called "tags".
struct Route {
    std::string path;
    std::string what;
    std::string which;
};
std::optional<Route> read_route(std::string_view path) {
    constexpr std::string_view root = "/v2/";
    std::optional<Route> route;
    std::size_t best = 0;
    for (const std::string_view what : {"manifests", "blobs", "tags"}) {
        const std::string divider = "/" + std::string(what) + "/";
        const std::size_t at = path.rfind(divider);
        if (at != std::string_view::npos && at >= root.size() && at > best) {
            best = at;
            route = Route{std::string(path.substr(root.size(), at - root.size())), std::string(what),
                          std::string(path.substr(at + divider.size()))};
        }
    }
    return path.substr(0, root.size()) == root ? route : std::nullopt;
}

void serve_bytes(const world::HttpRequest& request, std::string_view bytes, Outgoing& out) {
    out.lasting = bytes;
    out.headers.push_back({"accept-ranges", "bytes"});
    const auto [answer, range] = read_range(request_header(request, "range"), bytes.size());
    const std::string total = std::to_string(bytes.size());
    if (answer == RangeAnswer::impossible) {
        out.status = 416;
        out.lasting.reset();
        out.headers.push_back({"content-range", "bytes */" + total});
    } else if (answer == RangeAnswer::part) {
        out.status = 206;
        out.lasting = bytes.substr(range.first, range.last - range.first + 1);
        out.headers.push_back(
            {"content-range", "bytes " + std::to_string(range.first) + "-" + std::to_string(range.last) + "/" + total});
    }
}

// "repository:library/nginx:pull,push" and who asks: what of it is granted.
// An account of a site where anybody may pull has its own repositories, as on the Hub, and pushes to no others.
std::vector<std::string> granted(const RegistrySite& site, std::string_view scope, const std::string& account,
                                 bool exists) {
    constexpr std::string_view kind = "repository:";
    const std::size_t colon = scope.rfind(':');
    if (scope.substr(0, kind.size()) != kind || colon < kind.size()) {
        return {};
    }
    const std::string_view path = scope.substr(kind.size(), colon - kind.size());
    const std::string repository = site.name + "/" + std::string(path);
    const bool own = !account.empty() && (!site.anonymous_pull || path.starts_with(account + "/"));
    std::vector<std::string> access;
    for (const std::string_view action : {"pull", "push"}) {
        const bool asked = scope.substr(colon).find(action) != std::string_view::npos;
        const bool pull = action == "pull" && exists && site.anonymous_pull;
        if (asked && (own || pull)) {
            access.push_back(std::string(action) + " " + repository);
        }
    }
    return access;
}

}  // namespace

RegistryServer::RegistryServer(const RegistryContent& content, std::vector<RegistrySite> sites) : content_(content) {
    state_.sites = std::move(sites);
}

bool RegistryServer::answers(std::string_view authority) const {
    return std::any_of(state_.sites.begin(), state_.sites.end(), [&](const RegistrySite& site) {
        return !authority.empty() &&
               (authority == site.authority || authority == site.token_authority || authority == site.blob_authority);
    });
}

std::string RegistryServer::save() const { return binary::encode(state_); }

Status RegistryServer::load(std::string_view bytes) {
    RegistryState state;
    if (!binary::decode(bytes, state)) {
        return fail(Errc::invalid, "the registry's memory cannot be read");
    }
    for (const RegistrySite& site : state_.sites) {  // a machine that is older than a site has it all the same
        std::erase_if(state.sites, [&](const RegistrySite& old) { return old.name == site.name; });
        state.sites.push_back(site);
    }
    state_ = std::move(state);
    return {};
}

void RegistryServer::move_tag(std::string_view repository, std::string_view tag, std::string_view digest) {
    state_.moved_tags[std::string(repository) + ":" + std::string(tag)] = std::string(digest);
}

Outgoing RegistryServer::respond(Visit& visit) {
    for (const RegistrySite& site : state_.sites) {
        const std::string& authority = visit.target.authority;
        visit.site = &site;
        if (authority == site.token_authority && visit.target.path == "/token") {
            return token(visit);
        }
        if (authority == site.blob_authority && visit.target.path.substr(0, 17) == "/registry-v2/blob") {
            return stored_blob(visit);
        }
        if (authority == site.authority) {
            Outgoing out = api(visit);
            out.headers.insert(out.headers.begin(), {"docker-distribution-api-version", "registry/2.0"});
            return out;
        }
    }
    return plain(404);
}

// --- who may do what -------------------------------------------------------------------------------------------------

bool RegistryServer::may(const Visit& visit, std::string_view action) const {
    const RegistrySite& site = *visit.site;
    const std::string_view given = request_header(visit.request, "authorization");
    if (site.login == RegistryLogin::none) {
        return true;
    }
    if (site.login == RegistryLogin::basic) {
        const auto account = read_basic(given);
        return account.has_value() && std::find(site.accounts.begin(), site.accounts.end(),
                                                RegistryAccount{account->name, account->value}) != site.accounts.end();
    }
    constexpr std::string_view scheme = "Bearer ";
    const auto found = given.substr(0, scheme.size()) == scheme
                           ? state_.tokens.find(std::string(given.substr(scheme.size())))
                           : state_.tokens.end();
    if (found == state_.tokens.end() || found->second.site != site.name) {
        return false;
    }
    const std::string wanted = std::string(action) + " " + visit.repository;
    const std::vector<std::string>& access = found->second.access;
    return visit.repository.empty() || std::find(access.begin(), access.end(), wanted) != access.end();
}

Outgoing RegistryServer::challenge(const Visit& visit, std::string_view action) const {
    Outgoing out = failure(401, "UNAUTHORIZED", "authentication required");
    const RegistrySite& site = *visit.site;
    if (site.login == RegistryLogin::basic) {
        out.headers.push_back({"www-authenticate", "Basic realm=\"Registry Realm\""});
        return out;
    }
    std::string text = "Bearer realm=\"https://" + site.token_authority + "/token\",service=\"" + site.service + "\"";
    if (!visit.path.empty()) {
        const std::string actions = action == "push" ? "pull,push" : std::string(action);
        text += ",scope=\"repository:" + visit.path + ":" + actions + "\"";
    }
    const std::string_view given = request_header(visit.request, "authorization");
    if (!given.empty()) {
        const bool known = state_.tokens.count(std::string(given.substr(std::min<std::size_t>(7, given.size())))) != 0;
        text += known ? ",error=\"insufficient_scope\"" : ",error=\"invalid_token\"";
    }
    out.headers.push_back({"www-authenticate", text});
    return out;
}

// The same rights give the same token, so that the memory does not grow with every pull.
std::string RegistryServer::issue(IssuedToken token) {
    for (const auto& [text, known] : state_.tokens) {
        if (known == token) {
            return text;
        }
    }
    std::string text = sha256_hex("token " + std::to_string(++state_.issued) + " of " + token.site);
    state_.tokens[text] = std::move(token);
    return text;
}

Outgoing RegistryServer::token(const Visit& visit) {
    const RegistrySite& site = *visit.site;
    const std::string_view given = request_header(visit.request, "authorization");
    const auto account = read_basic(given);
    const bool known =
        account.has_value() && std::find(site.accounts.begin(), site.accounts.end(),
                                         RegistryAccount{account->name, account->value}) != site.accounts.end();
    if (visit.request.method != "GET") {
        return plain(405);
    }
    if (!given.empty() && !known) {
        Outgoing out = plain(401);
        out.headers.push_back({"content-type", "application/json"});
        out.own = "{\"details\":\"incorrect username or password\"}\n";
        return out;
    }
    IssuedToken token{site.name, known ? account->name : std::string(), {}};
    for (const std::string& scope : query_values(visit.target, "scope")) {
        const std::size_t colon = scope.rfind(':');
        const std::size_t first = scope.find(':');
        const std::string path = first < colon ? scope.substr(first + 1, colon - first - 1) : std::string();
        for (std::string& one : granted(site, scope, token.account, has_repository(site.name + "/" + path))) {
            token.access.push_back(std::move(one));
        }
    }
    const std::string text = issue(std::move(token));
    Outgoing out;
    out.headers.push_back({"content-type", "application/json"});
    out.own = "{\"token\":\"" + text + "\",\"access_token\":\"" + text +
              "\",\"expires_in\":" + std::to_string(token_life_s) + "}\n";
    return out;
}

// --- what is there ---------------------------------------------------------------------------------------------------

bool RegistryServer::has_repository(std::string_view repository) const {
    const std::string prefix = std::string(repository) + "@";
    const auto pushed = state_.pushed.lower_bound(prefix);
    return content_.has_repository(repository) ||
           (pushed != state_.pushed.end() && pushed->first.compare(0, prefix.size(), prefix) == 0);
}

std::optional<std::string> RegistryServer::digest_of(std::string_view repository, std::string_view name) const {
    if (is_digest(name)) {
        return std::string(name);
    }
    const auto moved = state_.moved_tags.find(std::string(repository) + ":" + std::string(name));
    return moved != state_.moved_tags.end() ? moved->second : content_.digest_of_tag(repository, name);
}

std::optional<std::string_view> RegistryServer::bytes_of(std::string_view repository, std::string_view digest) const {
    const auto pushed = state_.pushed.find(std::string(repository) + "@" + std::string(digest));
    return pushed != state_.pushed.end() ? std::string_view(pushed->second) : content_.bytes_of(repository, digest);
}

Outgoing RegistryServer::api(Visit& visit) {
    const auto route = read_route(visit.target.path);
    if (route.has_value()) {
        visit.path = route->path;
        visit.repository = visit.site->name + "/" + route->path;
        visit.what = route->what;
        visit.which = route->which;
    } else if (visit.target.path != "/v2/" && visit.target.path != "/v2") {
        return plain(404);
    }
    const std::string_view action = visit.request.method == "DELETE" ? "delete"
                                    : is_pull(visit.request)         ? "pull"
                                                                     : "push";
    if (!may(visit, action)) {
        return challenge(visit, action);
    }
    return dispatch(visit);
}

Outgoing RegistryServer::dispatch(const Visit& visit) {
    constexpr std::string_view uploads = "uploads/";
    const std::string& method = visit.request.method;
    if (visit.what.empty()) {
        Outgoing out;
        out.headers.push_back({"content-type", "application/json; charset=utf-8"});
        out.own = "{}";
        return out;
    }
    if (visit.what == "blobs" && std::string_view(visit.which).substr(0, uploads.size()) == uploads) {
        return method == "POST" && visit.which == uploads ? begin_upload(visit) : go_on_upload(visit);
    }
    if (visit.what == "manifests" && method == "PUT") {
        return put_manifest(visit);
    }
    if (!is_pull(visit.request)) {
        return failure(405, "UNSUPPORTED", "The operation is unsupported.");
    }
    if (!has_repository(visit.repository)) {
        return failure(404, "NAME_UNKNOWN", "repository name not known to registry");
    }
    return visit.what == "manifests" ? manifest(visit) : visit.what == "blobs" ? blob(visit) : tags(visit);
}

Outgoing RegistryServer::manifest(const Visit& visit) {
    const auto digest = digest_of(visit.repository, visit.which);
    const auto bytes = digest.has_value() ? bytes_of(visit.repository, *digest) : std::nullopt;
    if (!bytes.has_value()) {
        return failure(404, "MANIFEST_UNKNOWN", "manifest unknown");
    }
    const std::string type = media_type_of(*bytes);
    if (!accepts(visit.request, type)) {
        return failure(404, "MANIFEST_UNKNOWN", "the manifest is " + type + ", which the Accept header does not name");
    }
    Outgoing out;
    out.lasting = bytes;
    out.headers = {{"content-type", type}, {"docker-content-digest", *digest}, {"etag", "\"" + *digest + "\""}};
    if (const std::uint32_t limit = visit.site->rate_limit; limit > 0) {
        std::uint64_t& pulls = state_.pulls[visit.site->name];
        pulls += visit.request.method == "GET" ? 1 : 0;
        const std::string window = ";w=21600";  // six hours; without a clock they begin anew when all are used up
        out.headers.push_back({"ratelimit-limit", std::to_string(limit) + window});
        out.headers.push_back({"ratelimit-remaining", std::to_string(limit - pulls % limit) + window});
    }
    return out;
}

Outgoing RegistryServer::blob(const Visit& visit) {
    const auto bytes = is_digest(visit.which) ? bytes_of(visit.repository, visit.which) : std::nullopt;
    if (!bytes.has_value()) {
        return failure(404, "BLOB_UNKNOWN", "blob unknown to registry");
    }
    Outgoing out;
    if (!visit.site->blob_authority.empty()) {
        const std::string signature = sha256_hex("signed " + visit.repository + visit.which).substr(0, 32);
        out.status = 307;
        out.headers.push_back({"location", "https://" + visit.site->blob_authority + "/registry-v2/blob/" +
                                               visit.repository + "/" + visit.which + "?verify=" + signature});
        return out;
    }
    out.headers = {{"content-type", "application/octet-stream"},
                   {"docker-content-digest", visit.which},
                   {"etag", "\"" + visit.which + "\""}};
    serve_bytes(visit.request, *bytes, out);
    return out;
}

// The store behind the Hub: the address itself is the permission, a second one is an error, as object stores say it.
Outgoing RegistryServer::stored_blob(const Visit& visit) {
    constexpr std::size_t root = 18;  // "/registry-v2/blob/"
    if (!request_header(visit.request, "authorization").empty()) {
        Outgoing out = plain(400);
        out.headers.push_back({"content-type", "application/xml"});
        out.own = "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>";
        return out;
    }
    const std::string_view path = visit.target.path;
    const std::size_t slash = path.rfind('/');
    if (slash <= root) {
        return plain(404);
    }
    const std::string_view repository = path.substr(root, slash - root);
    const std::string_view digest = path.substr(slash + 1);
    const std::string signature = sha256_hex("signed " + std::string(repository) + std::string(digest)).substr(0, 32);
    const auto bytes = bytes_of(repository, digest);
    if (!bytes.has_value() || query_value(visit.target, "verify") != signature) {
        return plain(bytes.has_value() ? 403 : 404);
    }
    Outgoing out;
    out.headers = {{"content-type", "application/octet-stream"}, {"etag", "\"" + std::string(digest) + "\""}};
    serve_bytes(visit.request, *bytes, out);
    return out;
}

Outgoing RegistryServer::tags(const Visit& visit) {
    std::vector<std::string> names = content_.tags(visit.repository);
    const std::string prefix = visit.repository + ":";
    for (const auto& [name, digest] : state_.moved_tags) {
        if (name.compare(0, prefix.size(), prefix) == 0) {
            names.push_back(name.substr(prefix.size()));
        }
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    Outgoing out;
    out.headers.push_back({"content-type", "application/json; charset=utf-8"});
    out.own = "{\"name\":";
    json::append_string(out.own, visit.path);
    out.own += ",\"tags\":[";
    for (const std::string& name : names) {
        out.own += &name == &names.front() ? "" : ",";
        json::append_string(out.own, name);
    }
    out.own += "]}\n";
    return out;
}

}  // namespace cutaway::model
