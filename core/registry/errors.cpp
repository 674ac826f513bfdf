// SPDX-License-Identifier: Apache-2.0
#include "core/registry/errors.h"

#include <algorithm>

#include "core/base/json.h"

namespace cutaway::registry {

namespace {

constexpr std::size_t max_shown = 512;
constexpr std::size_t max_complaints = 16;

// Text of strangers goes to a terminal: one line, no control characters, not endless.
std::string shown(std::string_view text) {
    std::string out(text.substr(0, max_shown));
    std::replace_if(
        out.begin(), out.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; }, ' ');
    return out;
}

bool read_complaint(json::Reader& in, Complaint& complaint) {
    std::string_view key;
    if (!in.begin_object()) {
        return false;
    }
    while (in.next_key(key)) {
        const bool text = key == "code" || key == "message";
        if (!(text ? in.read_string(key == "code" ? complaint.code : complaint.message) : in.skip())) {
            return false;
        }
    }
    return in.ok();
}

bool read_complaints(json::Reader& in, std::vector<Complaint>& out) {
    if (!in.begin_array()) {
        return false;
    }
    while (in.next_item()) {
        Complaint complaint;
        if (!read_complaint(in, complaint)) {
            return false;
        }
        if (!complaint.code.empty() && out.size() < max_complaints) {
            out.push_back({shown(complaint.code), shown(complaint.message)});
        }
    }
    return in.ok();
}

// {"errors":[{"code","message","detail"}]} as the specification says; token servers also say {"details"} or
// {"message"}.
void read_body(int status, std::string_view body, std::vector<Complaint>& out) {
    json::Reader in(body);
    std::string_view key;
    std::string loose;
    if (!in.begin_object()) {
        return;
    }
    while (in.next_key(key)) {
        const bool text = key == "details" || key == "message";
        if (!(key == "errors" ? read_complaints(in, out) : text ? in.read_string(loose) : in.skip())) {
            return;
        }
    }
    if (out.empty() && !loose.empty() && (status == 401 || status == 403 || status == 429)) {
        out.push_back({status == 429 ? "TOOMANYREQUESTS" : status == 403 ? "DENIED" : "UNAUTHORIZED", shown(loose)});
    }
}

// RFC 6750 section 3.1; a Bearer challenge that says why outranks the body.
void read_challenges(const std::vector<Challenge>& challenges, std::vector<Complaint>& out) {
    for (const Challenge& challenge : challenges) {
        const std::string_view why = parameter(challenge, "error");
        const std::string described = shown(parameter(challenge, "error_description"));
        if (challenge.scheme == "bearer" && why == "insufficient_scope") {
            out.push_back({"DENIED", described.empty() ? "requested access to the resource is denied" : described});
        } else if (challenge.scheme == "bearer" && why == "invalid_token") {
            out.push_back({"UNAUTHORIZED", described.empty() ? "authentication required" : described});
        }
    }
}

// network: the same question may be answered later.
Errc code_of(int status) {
    const bool later = status == 408 || status == 429 || status >= 500;
    return status == 404 ? Errc::not_found : later ? Errc::network : Errc::invalid;
}

Error unexpected(const Refusal& refusal) {
    const std::string rest = refusal.body.empty() ? "" : ": " + refusal.body;
    return fail(code_of(refusal.status), "received unexpected HTTP status: " + std::to_string(refusal.status) + rest);
}

// "docker.io/library/nginx:nope" is "nginx:nope" to its user, and "nginx" without the tag.
std::string familiar_repository(oci::Reference reference) {
    reference.tag.clear();
    reference.digest.clear();
    return oci::familiar_name(reference);
}

}  // namespace

Refusal read_refusal(int status, const std::vector<Challenge>& challenges, std::string_view body) {
    Refusal refusal;
    refusal.status = status;
    if (status == 401) {
        read_challenges(challenges, refusal.complaints);
    }
    read_body(status, body, refusal.complaints);
    if (refusal.complaints.empty() && (status == 401 || status == 403)) {
        refusal.complaints.push_back(status == 401 ? Complaint{"UNAUTHORIZED", "authentication required"}
                                                   : Complaint{"DENIED", "requested access to the resource is denied"});
    }
    if (refusal.complaints.empty() && status == 429) {
        refusal.complaints.push_back({"TOOMANYREQUESTS", "too many requests"});
    }
    if (refusal.complaints.empty()) {
        refusal.body = shown(body);
    }
    return refusal;
}

std::string sentence(const Complaint& complaint) {
    std::string text = complaint.code;
    for (char& c : text) {
        c = c == '_' ? ' ' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return complaint.message.empty() ? text : text + ": " + complaint.message;
}

Error to_push_error(const Refusal& refusal) {
    if (refusal.complaints.empty()) {
        return unexpected(refusal);
    }
    const Complaint& first = refusal.complaints.front();
    const bool who = first.code == "DENIED" || first.code == "UNAUTHORIZED";
    return fail(who ? Errc::denied : code_of(refusal.status), sentence(first));
}

Error to_error(const Refusal& refusal, const oci::Reference& reference) {
    if (refusal.complaints.empty()) {
        return unexpected(refusal);
    }
    const Complaint& first = refusal.complaints.front();
    const std::string text = sentence(first);
    if (first.code == "DENIED") {
        return fail(Errc::denied, "pull access denied for " + familiar_repository(reference) +
                                      ", repository does not exist or may require 'docker login': " + text);
    }
    if (first.code == "MANIFEST_UNKNOWN") {
        return fail(Errc::not_found, "manifest for " + oci::familiar_name(reference) + " not found: " + text);
    }
    if (first.code == "NAME_UNKNOWN") {
        return fail(Errc::not_found, "repository " + familiar_repository(reference) + " not found: " + text);
    }
    return fail(first.code == "UNAUTHORIZED" ? Errc::denied : code_of(refusal.status), text);
}

}  // namespace cutaway::registry
