// SPDX-License-Identifier: Apache-2.0
// The pushing side of the simulated registry (distribution spec, "Push"): what comes in lies over the images that
// Cutaway brings along and is part of the registry's memory.
#include <array>

#include "core/base/json.h"
#include "core/model/registry_server.h"
#include "core/oci/codec.h"
#include "core/oci/digest.h"

namespace cutaway::model {

namespace {

constexpr std::size_t max_upload = 256U << 20U;

Outgoing failure(int status, std::string_view code, std::string_view message) {
    Outgoing out;
    out.status = status;
    out.headers.push_back({"content-type", "application/json; charset=utf-8"});
    out.own = error_body(code, message);
    return out;
}

// The request's body, wherever it is.
Result<std::string> body_of(const world::HttpRequest& request, world::Source* upload) {
    std::string bytes = request.body;
    std::array<char, 16384> piece{};
    while (upload != nullptr && request.body.empty()) {
        const std::size_t got = TRY(upload->read(piece));
        if (got == 0) {
            break;
        }
        if (bytes.size() + got > max_upload) {
            return fail(Errc::invalid, "the upload is too large for the simulated registry");
        }
        bytes.append(piece.data(), got);
    }
    return bytes;
}

Outgoing created(const std::string& location, std::string_view digest) {
    Outgoing out;
    out.status = 201;
    out.headers = {{"location", location}, {"docker-content-digest", std::string(digest)}};
    return out;
}

Outgoing progress(const std::string& path, const std::string& id, std::size_t size) {
    Outgoing out;
    out.status = 202;
    out.headers = {{"location", "/v2/" + path + "/blobs/uploads/" + id},
                   {"docker-upload-uuid", id},
                   {"range", "0-" + std::to_string(size == 0 ? 0 : size - 1)}};
    return out;
}

// The digests that a manifest or index needs to be present already.
std::vector<oci::Digest> parts_of(const oci::Document& document) {
    std::vector<oci::Digest> parts;
    if (const auto* manifest = std::get_if<oci::Manifest>(&document)) {
        parts.push_back(manifest->config.digest);
        for (const oci::Descriptor& layer : manifest->layers) {
            parts.push_back(layer.digest);
        }
    } else {
        for (const oci::Descriptor& one : std::get<oci::Index>(document).manifests) {
            parts.push_back(one.digest);
        }
    }
    return parts;
}

}  // namespace

Outgoing RegistryServer::begin_upload(const Visit& visit) {
    const std::string mount(query_value(visit.target, "mount"));
    const std::string from(query_value(visit.target, "from"));
    if (!mount.empty() && !from.empty()) {
        if (const auto bytes = bytes_of(visit.site->name + "/" + from, mount)) {
            std::string copy(*bytes);
            state_.pushed[visit.repository + "@" + mount] = std::move(copy);
            return created("/v2/" + visit.path + "/blobs/" + mount, mount);
        }
    }
    const std::string id = "upload-" + std::to_string(++state_.issued);
    state_.uploads[id] = RegistryUpload{visit.repository, {}};
    return progress(visit.path, id, 0);
}

Outgoing RegistryServer::go_on_upload(const Visit& visit) {
    const std::string id = visit.which.substr(visit.which.find('/') + 1);
    const auto found = state_.uploads.find(id);
    const std::string& method = visit.request.method;
    if (found == state_.uploads.end() || found->second.repository != visit.repository) {
        return failure(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
    }
    std::string& bytes = found->second.bytes;
    if (method == "GET") {
        Outgoing out = progress(visit.path, id, bytes.size());
        out.status = 204;
        return out;
    }
    const std::string_view range = request_header(visit.request, "content-range");
    if (!range.empty() && range.substr(0, range.find('-')) != std::to_string(bytes.size())) {
        Outgoing out = progress(visit.path, id, bytes.size());
        out.status = 416;
        return out;
    }
    const Result<std::string> more = body_of(visit.request, visit.upload);
    if (!more || (method != "PATCH" && method != "PUT")) {
        return failure(more ? 405 : 400, more ? "UNSUPPORTED" : "BLOB_UPLOAD_INVALID", "blob upload invalid");
    }
    bytes += *more;
    if (method == "PATCH") {
        return progress(visit.path, id, bytes.size());
    }
    const std::string digest(query_value(visit.target, "digest"));
    if (oci::to_text(oci::digest_of(bytes)) != digest) {
        return failure(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
    }
    state_.pushed[visit.repository + "@" + digest] = std::move(bytes);
    state_.uploads.erase(found);
    return created("/v2/" + visit.path + "/blobs/" + digest, digest);
}

Outgoing RegistryServer::put_manifest(const Visit& visit) {
    const Result<std::string> bytes = body_of(visit.request, visit.upload);
    const Result<oci::Document> document =
        bytes ? oci::parse_manifest_or_index(*bytes, request_header(visit.request, "content-type"))
              : Result<oci::Document>(bytes.error());
    if (!document) {
        return failure(400, "MANIFEST_INVALID", "manifest invalid");
    }
    const std::string digest = oci::to_text(oci::digest_of(*bytes));
    const bool by_digest = oci::parse_digest(visit.which).has_value();
    if (by_digest && digest != visit.which) {
        return failure(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
    }
    for (const oci::Digest& part : parts_of(*document)) {
        if (!bytes_of(visit.repository, oci::to_text(part)).has_value()) {
            return failure(404, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry");
        }
    }
    state_.pushed[visit.repository + "@" + digest] = *bytes;
    if (!by_digest) {
        move_tag(visit.repository, visit.which, digest);
    }
    return created("/v2/" + visit.path + "/manifests/" + digest, digest);
}

}  // namespace cutaway::model
