// SPDX-License-Identifier: Apache-2.0
// The grammar (distribution/reference, reference.go), read by hand instead of by regular expression:
//   reference := [host "/"] path [":" tag] ["@" digest]
//   host      := component *["." component] [":" port]  |  "[" IPv6 "]" [":" port]
//   path      := word *[("." | "_" | "__" | 1*"-") word] *["/" …]      lower case
//   tag       := word character, then up to 127 of word characters, "." and "-"
#include "core/oci/reference.h"

#include <algorithm>

#include "core/oci/digest.h"

namespace cutaway::oci {

namespace {

constexpr std::string_view default_host = "docker.io";
constexpr std::string_view legacy_host = "index.docker.io";
constexpr std::string_view official_space = "library/";
constexpr std::string_view default_tag = "latest";
constexpr std::size_t longest_path = 255;
constexpr std::size_t longest_tag = 128;
constexpr auto npos = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z'); }
bool is_letter_or_digit(char c) { return is_lower_word(c) || is_upper(c); }
bool has_upper(std::string_view text) { return std::any_of(text.begin(), text.end(), is_upper); }

bool is_image_id(std::string_view text) {
    return text.size() == 64 &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

bool is_host_component(std::string_view text) {
    return !text.empty() && text.front() != '-' && text.back() != '-' &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

bool is_host_name(std::string_view name) {
    for (std::size_t dot = name.find('.'); dot != npos; dot = name.find('.')) {
        if (!is_host_component(name.substr(0, dot))) {
            return false;
        }
        name.remove_prefix(dot + 1);
    }
    return is_host_component(name);
}

bool is_hex_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_ipv6(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return is_hex_digit(c) || c == ':'; });
}

bool is_port(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

bool is_host(std::string_view host) {
    if (!host.empty() && host.front() == '[') {
        const std::size_t close = host.find(']');
        if (close == npos || !is_ipv6(host.substr(1, close - 1))) {
            return false;
        }
        const std::string_view rest = host.substr(close + 1);
        return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
    }
    const std::size_t colon = host.find(':');
    return is_host_name(host.substr(0, colon)) && (colon == npos || is_port(host.substr(colon + 1)));
}

// Between two words stand one ".", one or two "_", or any number of "-".
bool is_separator(std::string_view text) {
    return text == "." || text == "_" || text == "__" || text.find_first_not_of('-') == npos;
}

bool is_path_component(std::string_view text) {
    if (text.empty() || !is_lower_word(text.front()) || !is_lower_word(text.back())) {
        return false;
    }
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && !is_lower_word(text[end])) {
            ++end;
        }
        if (end > at && !is_separator(text.substr(at, end - at))) {
            return false;
        }
        at = end + 1;
    }
    return true;
}

bool is_path(std::string_view path) {
    for (std::size_t slash = path.find('/'); slash != npos; slash = path.find('/')) {
        if (!is_path_component(path.substr(0, slash))) {
            return false;
        }
        path.remove_prefix(slash + 1);
    }
    return is_path_component(path);
}

bool is_tag(std::string_view tag) {
    return !tag.empty() && tag.size() <= longest_tag && tag.front() != '.' && tag.front() != '-' &&
           std::all_of(tag.begin(), tag.end(),
                       [](char c) { return is_letter_or_digit(c) || c == '_' || c == '.' || c == '-'; });
}

// Whether the text before the first slash is a host. A first path component that only a host could be is one.
bool looks_like_host(std::string_view first) {
    return first == "localhost" || first.find_first_of(".:") != npos || has_upper(first);
}

// The pieces as they stand in the text, before any default.
struct Split {
    std::string_view host;  // empty: none given
    std::string_view path;
    std::string_view tag;
    std::string_view digest;
    bool has_tag = false;
    bool has_digest = false;
};

Split split(std::string_view text) {
    Split parts;
    const std::size_t slash = text.find('/');
    if (slash != npos && looks_like_host(text.substr(0, slash))) {
        parts.host = text.substr(0, slash);
        text.remove_prefix(slash + 1);
    }
    const std::size_t at = text.find('@');
    if (at != npos) {
        parts.has_digest = true;
        parts.digest = text.substr(at + 1);
        text = text.substr(0, at);
    }
    const std::size_t colon = text.find(':');
    if (colon != npos) {
        parts.has_tag = true;
        parts.tag = text.substr(colon + 1);
        text = text.substr(0, colon);
    }
    parts.path = text;
    return parts;
}

Error malformed() { return fail(Errc::invalid, "invalid reference format"); }

// docker's own order: a digest of the right shape is told its wrong length or algorithm; the rest is bad format.
Status check_digest(std::string_view digest) {
    const Result<Digest> parsed = parse_digest(digest);
    if (parsed) {
        return {};
    }
    const std::size_t colon = digest.find(':');
    const std::string_view hex = colon == npos ? std::string_view() : digest.substr(colon + 1);
    const bool has_shape = hex.size() >= 32 && std::all_of(hex.begin(), hex.end(), is_hex_digit);
    return has_shape ? parsed.error() : malformed();
}

Status check(const Split& parts, const Reference& reference) {
    if (has_upper(parts.path)) {
        return fail(Errc::invalid,
                    "invalid reference format: repository name (" + reference.path + ") must be lowercase");
    }
    if (!is_host(reference.host) || !is_path(reference.path) || (parts.has_tag && !is_tag(parts.tag))) {
        return malformed();
    }
    if (parts.has_digest) {
        TRY(check_digest(parts.digest));
    }
    if (reference.path.size() > longest_path) {
        return fail(Errc::invalid, "repository name must not be more than 255 characters");
    }
    return {};
}

Reference with_defaults(const Split& parts) {
    Reference reference;
    const bool docker_hub = parts.host.empty() || parts.host == legacy_host || parts.host == default_host;
    reference.host = docker_hub ? default_host : parts.host;
    if (docker_hub && parts.path.find('/') == npos) {
        reference.path = official_space;
    }
    reference.path += parts.path;
    reference.tag = parts.tag;
    reference.digest = parts.digest;
    if (!parts.has_tag && !parts.has_digest) {
        reference.tag = default_tag;
    }
    return reference;
}

Result<Split> split_and_check(std::string_view text) {
    if (text.empty()) {
        return malformed();
    }
    if (is_image_id(text)) {
        return fail(Errc::invalid,
                    "invalid repository name (" + std::string(text) + "), cannot specify 64-byte hexadecimal strings");
    }
    const Split parts = split(text);
    TRY(check(parts, with_defaults(parts)));
    return parts;
}

std::string tail(const Reference& reference) {
    return (reference.tag.empty() ? "" : ":" + reference.tag) +
           (reference.digest.empty() ? "" : "@" + reference.digest);
}

// One part that is in the text: `piece` is a view into `whole`.
ReferencePart given_part(ReferenceRole role, std::string_view whole, std::string_view piece, std::string why) {
    return ReferencePart{role,         std::string(piece), true, static_cast<std::size_t>(piece.data() - whole.data()),
                         piece.size(), std::move(why)};
}

ReferencePart default_part(ReferenceRole role, std::string_view text, std::string why) {
    return ReferencePart{role, std::string(text), false, 0, 0, std::move(why)};
}

ReferencePart host_part(std::string_view text, const Split& parts) {
    const std::string_view host = parts.host;
    if (host.empty()) {
        return default_part(ReferenceRole::host, default_host, "no registry was named, so it is Docker Hub");
    }
    if (host == legacy_host) {
        ReferencePart part = given_part(ReferenceRole::host, text, host, "the old name of Docker Hub, docker.io today");
        part.text = default_host;
        return part;
    }
    std::string why = "upper case cannot be in a path, so this is a registry";
    if (host == "localhost") {
        why = "localhost before the first slash is a registry on this machine";
    } else if (host.find(':') != npos) {
        why = "a colon before the first slash makes it a registry with a port";
    } else if (host.find('.') != npos) {
        why = "a dot before the first slash makes it a registry's name";
    }
    return given_part(ReferenceRole::host, text, host, std::move(why));
}

void add_path_parts(ReferenceParts& out, std::string_view text, const Split& parts) {
    const std::size_t slash = parts.path.rfind('/');
    if (slash != npos) {
        out.parts.push_back(given_part(ReferenceRole::space, text, parts.path.substr(0, slash + 1),
                                       "the owner's corner of the registry"));
    } else if (out.reference.path.size() > parts.path.size()) {
        out.parts.push_back(default_part(ReferenceRole::space, official_space,
                                         "a bare name on Docker Hub means the official images, kept under library"));
    }
    out.parts.push_back(given_part(ReferenceRole::name, text, parts.path.substr(slash == npos ? 0 : slash + 1),
                                   "the repository: all versions of one image"));
}

}  // namespace

Result<Reference> parse_reference(std::string_view text) { return with_defaults(TRY(split_and_check(text))); }

std::string repository(const Reference& reference) { return reference.host + "/" + reference.path; }

std::string full_name(const Reference& reference) { return repository(reference) + tail(reference); }

std::string familiar_name(const Reference& reference) {
    if (reference.host != default_host) {
        return full_name(reference);
    }
    std::string_view path = reference.path;
    if (path.substr(0, official_space.size()) == official_space && path.find('/', official_space.size()) == npos) {
        path.remove_prefix(official_space.size());
    }
    return std::string(path) + tail(reference);
}

std::string_view tag_or_digest(const Reference& reference) {
    return reference.digest.empty() ? reference.tag : reference.digest;
}

Result<ReferenceParts> dissect_reference(std::string_view text) {
    const Split parts = TRY(split_and_check(text));
    ReferenceParts out;
    out.given = text;
    out.reference = with_defaults(parts);
    out.parts.push_back(host_part(text, parts));
    add_path_parts(out, text, parts);
    if (parts.has_tag) {
        out.parts.push_back(given_part(ReferenceRole::tag, text, parts.tag,
                                       parts.has_digest ? "only a note: the digest decides which image this is"
                                                        : "a name that its owner may move to another image"));
    } else if (!parts.has_digest) {
        out.parts.push_back(default_part(ReferenceRole::tag, default_tag,
                                         "no tag was given; latest is a plain default, not the newest image"));
    }
    if (parts.has_digest) {
        out.parts.push_back(given_part(ReferenceRole::digest, text, parts.digest,
                                       "the content's own name: it can never mean another image"));
    }
    return out;
}

}  // namespace cutaway::oci
