// SPDX-License-Identifier: Apache-2.0
#include "core/cli/root_lab.h"

#include <optional>
#include <sstream>

#include "core/host/credential_program.h"
#include "core/host/lab/lab_image.h"
#include "core/host/syscall.h"
#include "core/layer/image_maker.h"
#include "core/model/image_pack.h"
#include "core/model/registry_server.h"

namespace cutaway::cli {

namespace {

constexpr const char* busybox_repository = "docker.io/lab/busybox";

struct Program {
    std::string path;
    std::string bytes;
};

// ELF's own words: a program header of type PT_INTERP names the loader that a dynamic program needs.
bool is_static_program(const std::string& bytes) {
    const auto number = [&](std::size_t at, std::size_t size) {
        std::uint64_t value = 0;
        for (std::size_t i = size; i > 0; --i) {
            value = value << 8U | (at + i <= bytes.size() ? static_cast<unsigned char>(bytes[at + i - 1]) : 0U);
        }
        return value;
    };
    constexpr std::uint64_t interpreter = 3;
    const bool wide = bytes.size() > 64 && bytes[4] == 2;
    if (bytes.compare(0, 4,
                      "\x7f"
                      "ELF") != 0 ||
        bytes.size() <= 64 || bytes[5] != 1) {
        return false;  // nor one of a big-endian machine, which nobody has tried
    }
    const std::uint64_t table = wide ? number(32, 8) : number(28, 4);
    const std::uint64_t size = number(wide ? 54 : 42, 2);
    const std::uint64_t count = number(wide ? 56 : 44, 2);
    for (std::uint64_t i = 0; i < count; ++i) {
        if (number(table + i * size, 4) == interpreter) {
            return false;
        }
    }
    return count > 0;
}

std::optional<Program> busybox_here() {
    for (const char* path : {"/bin/busybox", "/usr/bin/busybox", "/usr/local/bin/busybox"}) {
        Result<std::string> bytes = host::read_file(path);
        if (bytes && is_static_program(*bytes)) {
            return Program{path, std::move(*bytes)};
        }
    }
    return std::nullopt;
}

std::string recipe(const std::string& applets) {
    std::string names;
    std::istringstream lines(applets);
    for (std::string name; std::getline(lines, name);) {
        const bool plain = name.find_first_of("\"\\/") == std::string::npos && name != "busybox" && !name.empty();
        names += plain ? (names.empty() ? "\"" : ", \"") + name + "\"" : "";
    }
    return R"({"repository": "docker.io/lab/busybox", "tags": ["latest"], "platforms": ["linux/)" +
           std::string(host::lab_image_platform()) +
           R"("], "created": "2024-05-01T00:00:00Z",
  "config": {"env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], "cmd": ["sh"]},
  "steps": [{"by": "COPY busybox /bin/ # this machine's own", "entries": [
    {"path": "bin/busybox", "file": "busybox", "mode": "755"}, {"in": "bin", "of": "busybox", "applets": [)" +
           names + R"(]},
    {"path": "etc/passwd", "text": ["root:x:0:0:root:/root:/bin/sh", "nobody:x:65534:65534:nobody:/:/bin/false"]},
    {"path": "etc/group", "text": ["root:x:0:root", "nobody:x:65534:"]},
    {"path": "root", "dir": true, "mode": "700"}, {"path": "tmp", "dir": true, "mode": "1777"}]},
   {"by": "CMD [\"sh\"]"}]})";
}

Result<std::string> pack_of_busybox() {
    const std::optional<Program> found = busybox_here();
    if (!found) {
        return fail(
            Errc::not_found,
            "lab/busybox is made of this machine's own busybox, and there is no static one in /bin, /usr/bin or "
            "/usr/local/bin (Debian's package is busybox-static)");
    }
    const std::string applets = TRY(host::run_credential_program(found->path, "--list", ""));
    layer::ImageMaker maker({{"busybox", recipe(applets)}},
                            [&](const std::string&) -> Result<std::string> { return found->bytes; });
    TRY(maker.make("busybox"));
    return maker.pack();
}

model::RegistrySite open_site() {
    model::RegistrySite site = model::docker_hub();
    site.login = model::RegistryLogin::none;
    site.blob_authority.clear();
    return site;
}

}  // namespace

struct LabRegistry::Parts {
    struct Shelf {
        explicit Shelf(std::string_view bytes) : pack(bytes), server(pack, {open_site()}) {}
        model::ImagePack pack;
        model::RegistryServer server;
    };
    Shelf embedded{host::lab_image_pack()};
    std::string busybox_bytes;
    std::optional<Shelf> busybox;
};

LabRegistry::LabRegistry() : parts_(std::make_unique<Parts>()) {
    brought_.transport = this;
    brought_.has = [this](const oci::Reference& image) {
        const std::string name = oci::repository(image);
        return name == busybox_repository || parts_->embedded.pack.has_repository(name);
    };
}

LabRegistry::~LabRegistry() = default;

Result<world::HttpResponse> LabRegistry::send(const world::HttpRequest& request, world::Source* upload) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (request.url.find("/lab/busybox/") == std::string::npos) {
        return parts_->embedded.server.serve(request, upload);
    }
    if (!parts_->busybox) {
        parts_->busybox_bytes = TRY(pack_of_busybox());
        parts_->busybox.emplace(parts_->busybox_bytes);
    }
    return parts_->busybox->server.serve(request, upload);
}

}  // namespace cutaway::cli
