// SPDX-License-Identifier: Apache-2.0
// A world for the registry's tests: a clock that jumps, a narrator that writes everything down, a transport whose
// other end is a function or the simulated registry, and images small enough to read.
#pragma once

#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/model/registry_server.h"
#include "core/oci/codec.h"
#include "core/oci/media_type.h"
#include "core/registry/client.h"

namespace cutaway::registry::test {

class JumpingClock final : public world::Clock {
public:
    std::int64_t now_ns() override { return now; }
    std::int64_t wall_ns() override { return wall + now; }
    Status sleep(std::int64_t ns) override {
        slept.push_back(ns);
        now += ns;
        return {};
    }
    std::int64_t now = 1;
    std::int64_t wall = 784111777LL * 1'000'000'000;  // Sun, 06 Nov 1994 08:49:37 GMT
    std::vector<std::int64_t> slept;
};

class NotingNarrator final : public world::Narrator {
public:
    Status begin(const world::SpanStart& span) override {
        spans.push_back(span);
        ++open;
        return {};
    }
    void end(const Error* error) override {
        --open;
        failed += error != nullptr ? 1 : 0;
    }
    void note(world::Note note) override { notes.push_back(std::move(note)); }
    Status before(const world::Remote&, const world::Call&) override { return {}; }
    void after(const Result<world::Reply>&) override {}

    template <class T>
    std::vector<T> all() const {
        std::vector<T> found;
        for (const world::Note& one : notes) {
            if (const T* held = std::get_if<T>(&one)) {
                found.push_back(*held);
            }
        }
        return found;
    }
    [[nodiscard]] int titled(std::string_view part) const {
        int count = 0;
        for (const world::SpanStart& one : spans) {
            count += one.title.find(part) != std::string::npos ? 1 : 0;
        }
        return count;
    }

    std::vector<world::SpanStart> spans;
    std::vector<world::Note> notes;
    int open = 0;
    int failed = 0;
};

using Peer = std::function<Result<world::HttpResponse>(const world::HttpRequest&)>;

class PeerTransport final : public world::Transport {
public:
    Result<world::HttpResponse> send(const world::HttpRequest& request, world::Source* upload) override {
        requests.push_back(request);
        char piece[11];
        while (upload != nullptr) {  // a streamed body is a body here
            const std::size_t got = TRY(upload->read(piece));
            if (got == 0) {
                break;
            }
            requests.back().body.append(piece, got);
        }
        const world::HttpRequest whole = requests.back();
        return peer(whole);
    }
    // "HEAD https://…", in order.
    [[nodiscard]] std::vector<std::string> lines() const {
        std::vector<std::string> out;
        for (const world::HttpRequest& one : requests) {
            out.push_back(one.method + " " + one.url);
        }
        return out;
    }
    Peer peer;
    std::vector<world::HttpRequest> requests;
};

// What a registry client must not touch refuses.
class Zeros final : public world::Entropy {
public:
    void fill(std::span<std::uint8_t> bytes) override { std::memset(bytes.data(), 0, bytes.size()); }
};

class NoKernel final : public world::Kernel {
public:
    Result<world::Reply> perform(const world::Call&) override { return fail(Errc::internal, "no kernel here"); }
};

class NoSpawner final : public world::Spawner {
public:
    Result<std::unique_ptr<world::Channel>> start_shim(std::string_view) override { return none(); }
    Result<std::unique_ptr<world::Channel>> connect(std::string_view) override { return none(); }

private:
    static Error none() { return fail(Errc::internal, "no shim here"); }
};

class NoWatch final : public world::Watch {
public:
    Result<std::vector<world::Observed>> next(std::int64_t) override { return fail(Errc::internal, "no watch here"); }
};

class NoTasks final : public world::Tasks {
public:
    Status run(world::World&, std::vector<world::Task>, std::size_t) override {
        return fail(Errc::internal, "no tasks");
    }
};

class NoDisk final : public world::Disk {
public:
    Result<std::string> read(std::string_view) override { return none(); }
    Result<std::unique_ptr<world::Source>> open(std::string_view) override { return none(); }
    Result<world::FileInfo> stat(std::string_view) override { return none(); }
    Result<std::vector<world::DirEntry>> list(std::string_view) override { return none(); }
    Status save(std::string_view, std::string_view, world::Durability) override { return none(); }
    Status append(std::string_view, std::string_view) override { return none(); }
    Result<std::unique_ptr<world::Sink>> create(std::string_view) override { return none(); }
    Status make_dir(std::string_view, std::uint32_t) override { return none(); }
    Status rename(std::string_view, std::string_view) override { return none(); }
    Status remove(std::string_view) override { return none(); }
    Result<std::unique_ptr<world::TreeWriter>> tree(std::string_view) override { return none(); }
    Result<std::unique_ptr<world::TreeReader>> reader(std::string_view) override { return none(); }
    Result<std::unique_ptr<world::DiskLock>> lock(std::string_view) override { return none(); }

private:
    static Error none() { return fail(Errc::internal, "no disk here"); }
};

struct TestWorld {
    NoKernel kernel;
    NoDisk disk;
    PeerTransport transport;
    JumpingClock clock;
    Zeros entropy;
    NoSpawner spawner;
    NoWatch watch;
    NoTasks tasks;
    NotingNarrator narrator;
    world::Cancel cancel;
    world::MachineProfile machine;
    world::World world{kernel, disk, transport, clock, entropy, spawner, watch, tasks, narrator, cancel, machine};
};

// --- images -----------------------------------------------------------------------------------------------------

class TestContent final : public model::RegistryContent {
public:
    bool has_repository(std::string_view repository) const override {
        return tags_.count(std::string(repository)) != 0;
    }
    std::vector<std::string> tags(std::string_view repository) const override {
        std::vector<std::string> names;
        const auto found = tags_.find(std::string(repository));
        if (found != tags_.end()) {
            for (const auto& [name, digest] : found->second) {
                names.push_back(name);
            }
        }
        return names;
    }
    std::optional<std::string> digest_of_tag(std::string_view repository, std::string_view tag) const override {
        const auto found = tags_.find(std::string(repository));
        if (found == tags_.end() || found->second.count(std::string(tag)) == 0) {
            return std::nullopt;
        }
        return found->second.at(std::string(tag));
    }
    std::optional<std::string_view> bytes_of(std::string_view, std::string_view digest) const override {
        const auto found = blobs_.find(std::string(digest));
        return found == blobs_.end() ? std::nullopt : std::optional<std::string_view>(found->second);
    }

    oci::Descriptor add(std::string_view type, std::string bytes) {
        oci::Descriptor descriptor;
        descriptor.media_type = std::string(type);
        descriptor.digest = oci::digest_of(bytes);
        descriptor.size = static_cast<std::int64_t>(bytes.size());
        blobs_[oci::to_text(descriptor.digest)] = std::move(bytes);
        return descriptor;
    }
    void tag(const std::string& repository, const std::string& name, const oci::Descriptor& what) {
        tags_[repository][name] = oci::to_text(what.digest);
    }
    // A manifest with one layer of that text, for that platform.
    oci::Descriptor image(const std::string& platform_text, const std::string& layer) {
        const oci::Platform platform = oci::parse_platform(platform_text).value();
        oci::ImageConfig config;
        config.os = platform.os;
        config.architecture = platform.architecture;
        config.variant = platform.variant;
        config.config.cmd = {"/bin/" + platform.architecture};
        config.diff_ids = {oci::digest_of(layer)};
        oci::Manifest manifest;
        manifest.media_type = std::string(oci::media_type::oci_manifest);
        manifest.config = add(oci::media_type::oci_config, oci::to_json(config));
        manifest.layers = {add(oci::media_type::oci_layer_tar, layer)};
        oci::Descriptor descriptor = add(oci::media_type::oci_manifest, oci::to_json(manifest));
        descriptor.platform = platform;
        return descriptor;
    }
    oci::Descriptor index(std::vector<oci::Descriptor> entries) {
        oci::Index index;
        index.media_type = std::string(oci::media_type::oci_index);
        index.manifests = std::move(entries);
        return add(oci::media_type::oci_index, oci::to_json(index));
    }

private:
    std::map<std::string, std::map<std::string, std::string>> tags_;
    std::map<std::string, std::string> blobs_;
};

// --- scripted answers -------------------------------------------------------------------------------------------

// `lost`: the connection goes away behind the body.
inline world::HttpResponse answer(int status, std::vector<world::Pair> headers, std::string body, bool lost = false) {
    model::Outgoing out;
    out.status = status;
    out.headers = std::move(headers);
    if (lost) {
        out.lost_at = body.size();
        body += "never sent";
    }
    out.own = std::move(body);
    world::HttpResponse response = model::to_response(std::move(out), false);
    response.headers.pop_back();  // the script says its own Content-Length
    return response;
}

inline oci::Reference name(std::string_view text) { return oci::parse_reference(text).value(); }

inline std::string drain(Result<std::unique_ptr<world::Source>>& source) {
    std::string all;
    char piece[7];
    for (;;) {
        const Result<std::size_t> got = (*source)->read(piece);
        if (!got) {
            return all + "!" + got.error().doing;
        }
        if (*got == 0) {
            return all;
        }
        all.append(piece, *got);
    }
}

}  // namespace cutaway::registry::test
