// SPDX-License-Identifier: Apache-2.0
// Of what is fetched: exchanges, layers, the tree that they make.
#include <algorithm>

#include "viz/view/canvas.h"

namespace cutaway::view {

namespace {

std::string path_of(const std::string& url, std::string& host) {
    const std::size_t scheme = url.find("://");
    const std::size_t begin = scheme == std::string::npos ? 0 : scheme + 3;
    const std::size_t slash = std::min(url.find('/', begin), url.size());
    host = url.substr(begin, slash - begin);
    std::string path = url.substr(slash);
    path = path.substr(0, path.find('?'));
    // An id in a request is recognised by its beginning; what stands behind it says what is asked.
    path = with_short_ids(path);
    for (const std::string_view before : {"/containers/", "sha256:"}) {
        const std::size_t at = path.find(before);
        if (at != std::string::npos && path.size() >= at + before.size() + 12) {
            path.erase(at + before.size() + 7, 5);
        }
    }
    return path;
}

const char* reason(std::int64_t status) {
    switch (status) {
        case 200: return "OK";
        case 201: return "Created";
        case 204: return "No Content";
        case 206: return "Partial Content";
        case 304: return "Not Modified";
        case 307: return "Redirect";
        case 401: return "Unauthorized";
        case 404: return "Not Found";
        case 409: return "Conflict";
        case 429: return "Too Many Requests";
        default: return "";
    }
}

Talk talk_of(const scene::Exchange& exchange) {
    Talk talk;
    talk.asks = exchange.request.method + " " + path_of(exchange.request.url, talk.host);
    talk.present = !exchange.done;
    if (!exchange.error.empty()) {
        talk.answers = exchange.error;
        talk.failed = true;
    } else if (exchange.done) {
        talk.answers = std::to_string(exchange.status) + " " + reason(exchange.status);
        talk.failed = exchange.status >= 400 && exchange.status != 401;
    }
    return talk;
}

void show_next(Exchange& out, const Moment& moment) {
    const trace::Event* event = moment.next;
    const auto* call = event == nullptr ? nullptr : std::get_if<world::Call>(&event->body);
    if (call == nullptr) {
        return;
    }
    if (const auto* api = std::get_if<world::ApiRequest>(call)) {
        out.api = {};
        out.api.asks = api->method + " " + path_of(api->path, out.api.host);
        out.api.present = true;
    } else if (const auto* http = std::get_if<world::HttpRequest>(call)) {
        out.registry = {};
        out.registry.asks = http->method + " " + path_of(http->url, out.registry.host);
        out.registry.present = true;
    }
}

std::string document_name(const world::ManifestRead& document) {
    return (document.platforms.empty() ? "manifest " : "index ") + short_id(document.digest);
}

LayerRow row_of(const world::LayerProgress& progress) {
    LayerRow row;
    row.digest = short_id(progress.digest);
    row.state = progress.state;
    row.size = progress.total;
    row.ready = progress.state == "complete" || progress.state == "present";
    const double total = static_cast<double>(std::max<std::uint64_t>(progress.total, 1));
    row.part = row.ready || progress.state == "downloaded" || progress.state == "unpacking"
                   ? 1.0F
                   : static_cast<float>(std::min(1.0, static_cast<double>(progress.done) / total));
    return row;
}

LayerRow row_of(const scene::Picture& picture, const world::LayerNote& note) {
    LayerRow row;
    row.digest = short_id(note.digest.empty() ? note.diff_id : note.digest);
    row.state = "unpacked";
    row.made_by = note.created_by;
    row.size = note.size;
    row.part = 1;
    row.ready = true;
    const auto* layer = picture.layers->get(note.diff_id);
    row.shared = layer != nullptr && (*layer)->images.size() > 1;
    return row;
}

const scene::Image* image_of(const Moment& moment) {
    const scene::Container* container = subject(moment);
    const auto& images = *moment.picture->images;
    if (container != nullptr) {
        if (const auto* image = images.get(container->record.image_id)) {
            return &**image;
        }
    }
    const scene::Image* last = nullptr;
    for (const auto& [id, image] : images) {
        last = &*image;
    }
    return last;
}

void read_lower(Overlay& out, const scene::MountPoint& mount) {
    out.state = Made::made;
    out.merged = mount.target;
    out.lower = mount.lower.size();
    for (const std::string& directory : mount.lower) {
        std::string id = directory;
        if (id.ends_with("/fs")) {
            id.resize(id.size() - 3);
        }
        out.lower_ids.push_back(id.substr(id.rfind('/') + 1).substr(0, 12));
    }
}

}  // namespace

Exchange exchange_of(const Moment& moment) {
    Exchange out;
    for (const scene::Exchange& exchange : *moment.picture->exchanges) {
        (exchange.api ? out.api : out.registry) = talk_of(exchange);
    }
    show_next(out, moment);
    if (moment.next != nullptr) {
        out.acting = to_name(moment.next->actor);
    }
    const scene::Pull& pull = *moment.picture->pull;
    const world::ReferenceParsed& name = pull.reference;
    if (!name.path.empty()) {
        out.reference = name.host + "/" + name.path + (name.tag.empty() ? "" : ":" + name.tag);
    }
    for (const world::ManifestRead& document : pull.documents) {
        out.digests.push_back(document_name(document));
        if (document.platforms.empty() && !document.config.digest.empty()) {
            out.digests.push_back("config " + short_id(document.config.digest));
        }
    }
    for (const world::DigestChecked& check : pull.digests) {
        ++(check.match ? out.checked : out.wrong);
    }
    return out;
}

Layers layers_of(const Moment& moment) {
    Layers out;
    std::uint64_t total = 0;
    std::size_t ready = 0;
    if (const scene::Image* image = image_of(moment)) {
        out.image = image->record.names.empty() ? short_id(image->record.id) : image->record.names.front();
        for (const world::LayerNote& note : image->record.layers) {
            out.rows.push_back(row_of(*moment.picture, note));
        }
    } else {
        for (const world::LayerProgress& progress : moment.picture->pull->layers) {
            out.rows.push_back(row_of(progress));
        }
        out.image = moment.picture->pull->reference.given;
    }
    for (const LayerRow& row : out.rows) {
        total += row.size;
        ready += row.ready ? 1 : 0;
    }
    std::reverse(out.rows.begin(), out.rows.end());
    if (!out.rows.empty()) {
        out.total = size_text(total);
        out.summary = std::to_string(ready) + " of " + std::to_string(out.rows.size()) + " layers on disk";
    }
    return out;
}

Overlay overlay_of(const Moment& moment) {
    Overlay out;
    const scene::Container* container = subject(moment);
    if (container == nullptr) {
        return out;
    }
    const std::string& id = container->record.id;
    for (const auto& [key, mount] : *moment.picture->mounts) {
        if (mount.type == "overlay" && (mount.upper == container->record.upper || mount.container == id)) {
            read_lower(out, mount);
        }
        if (mount.container == id) {
            out.pivoted = out.pivoted || mount.target == "/";
            ++out.mount_count;
            const bool shown = mount.type != "mask" && mount.type != "bind" && mount.type != "overlay";
            if (shown && !mount.target.starts_with("/var/lib")) {
                out.mounts.push_back(mount.target + "  " + mount.type);
            }
        }
    }
    if (out.state == Made::planned) {
        out.lower = container->record.layers.size();
        out.merged = container->record.merged;
    }
    for (const auto& [path, mark] : *container->upper) {
        ++out.upper_files;
        if (out.upper.size() < 64) {
            out.upper.push_back({path, mark.change});
        }
    }
    return out;
}

}  // namespace cutaway::view
