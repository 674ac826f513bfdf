// SPDX-License-Identifier: Apache-2.0
// The verbs that act on images.
#include <algorithm>

#include "core/cli/bars.h"
#include "core/cli/rows.h"
#include "core/cli/text.h"
#include "core/cli/verb.h"
#include "core/engine/clean_up.h"
#include "core/store/ids.h"
#include "core/store/time_text.h"

namespace cutaway::cli {

namespace {

int pull(Invocation& call) {
    const std::string& name = call.given.arguments.front();
    LayerOutput output(call.console, call.given.on("quiet"));
    const Result<oci::Reference> reference = oci::parse_reference(name);
    if (!reference) {
        call.console.err(reference.error().doing + "\n");
        return 1;
    }
    const std::string_view last =
        std::string_view(name).substr(name.rfind('/') == std::string::npos ? 0 : name.rfind('/'));
    if (last.find(':') == std::string_view::npos && last.find('@') == std::string_view::npos) {
        output.say("Using default tag: latest");
    }
    const Result<engine::PullResult> pulled = call.engine.pull(name, call.given.text("platform"), output);
    if (!pulled) {
        return refuse(call, pulled.error());
    }
    call.console.out(pulled->reference + "\n");
    return 0;
}

struct Name {
    std::string repository;
    std::string tag;
};

std::vector<Name> names_of(const store::Image& image) {
    std::vector<Name> names;
    for (const std::string& full : image.names) {
        const Result<oci::Reference> reference = oci::parse_reference(full);
        if (!reference) {
            continue;
        }
        const std::string familiar = oci::familiar_name(*reference);
        names.push_back({familiar.substr(0, familiar.rfind(':')), reference->tag});
    }
    if (names.empty()) {
        names.push_back({"<none>", "<none>"});
    }
    return names;
}

bool fits(const Invocation& call, const Name& name) {
    if (call.given.arguments.empty()) {
        return true;
    }
    const std::string& wanted = call.given.arguments.front();
    const std::size_t colon = wanted.rfind(':');
    const bool tagged = colon != std::string::npos && wanted.find('/', colon) == std::string::npos;
    return name.repository == (tagged ? wanted.substr(0, colon) : wanted) &&
           (!tagged || name.tag == wanted.substr(colon + 1));
}

int images(Invocation& call) {
    const Result<std::vector<store::Image>> all = call.engine.images();
    if (!all) {
        return refuse(call, all.error());
    }
    const std::int64_t now = call.engine.world().clock.wall_ns();
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> ids;
    for (const store::Image& image : *all) {
        const std::string id = call.given.on("no-trunc") ? image.record.id : store::short_id(image.record.id);
        const auto created = store::parse_time(image.record.created);
        for (const Name& name : names_of(image)) {
            if (fits(call, name)) {
                rows.push_back({name.repository, name.tag, id,
                                created ? human_duration(now - *created) + " ago" : "N/A",
                                human_size(engine::shown_size(image.record))});
                ids.push_back(id);
            }
        }
    }
    if (call.given.has("format") && !call.given.on("quiet")) {
        const std::vector<Column> columns{{"Repository", "REPOSITORY"},
                                          {"Tag", "TAG"},
                                          {"ID", "IMAGE ID"},
                                          {"CreatedSince", "CREATED"},
                                          {"Size", "SIZE"}};
        const Result<std::string> text = formatted(call.given.text("format"), columns, rows);
        text ? call.console.out(*text) : call.console.err(text.error().doing + "\n");
        return text ? 0 : 1;
    }
    if (!call.given.on("quiet")) {
        rows.insert(rows.begin(), {"REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"});
        call.console.out(table(rows));
        return 0;
    }
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    for (const std::string& id : ids) {
        call.console.out(id + "\n");
    }
    return 0;
}

int remove_images(Invocation& call) {
    int status = 0;
    for (const std::string& name : call.given.arguments) {
        const auto removed =
            call.engine.remove_image(name, call.given.on("force") ? store::Force::yes : store::Force::no);
        if (!removed) {
            const int refused = refuse(call, removed.error());
            const bool absent = removed.error().code == Errc::not_found;
            status = absent && call.given.on("force") ? status : refused;
            continue;
        }
        for (const std::string& one : removed->untagged) {
            call.console.out("Untagged: " + one + "\n");
        }
        for (const std::string& one : removed->deleted) {
            call.console.out("Deleted: " + one + "\n");
        }
    }
    return status;
}

int tag(Invocation& call) {
    const std::string& target = call.given.arguments[1];
    if (const Result<oci::Reference> name = oci::parse_reference(target); !name) {
        call.console.err("Error parsing reference: \"" + shown(target) +
                         "\" is not a valid repository/tag: " + name.error().doing + "\n");
        return 1;
    }
    const Status done = call.engine.tag(call.given.arguments[0], call.given.arguments[1]);
    return done ? 0 : refuse(call, done.error());
}

// One row a step, newest first; the steps below the image have no image of their own to name.
int history(Invocation& call) {
    const Result<store::Image> image = call.engine.image(call.given.arguments.front());
    const Result<oci::ImageConfig> config =
        image ? call.engine.image_config(call.given.arguments.front()) : Result<oci::ImageConfig>(image.error());
    if (!config) {
        return refuse(call, config.error());
    }
    const std::int64_t now = call.engine.world().clock.wall_ns();
    const bool whole = call.given.on("no-trunc");
    std::vector<std::vector<std::string>> rows;
    std::size_t layer = 0;
    for (const oci::HistoryEntry& entry : config->history) {
        std::uint64_t size = 0;
        if (!entry.empty_layer && layer < image->record.layers.size()) {
            const store::ImageLayer& one = image->record.layers[layer++];
            size = engine::shown_size(one);
        }
        const auto created = store::parse_time(entry.created);
        rows.push_back({"<missing>", created ? human_duration(now - *created) + " ago" : "N/A",
                        whole ? entry.created_by : cut(entry.created_by, 45), human_size(size), shown(entry.comment)});
    }
    std::reverse(rows.begin(), rows.end());
    if (!rows.empty()) {
        rows.front().front() = whole ? image->record.id : store::short_id(image->record.id);
    }
    rows.insert(rows.begin(), {"IMAGE", "CREATED", "CREATED BY", "SIZE", "COMMENT"});
    call.console.out(table(rows));
    return 0;
}

}  // namespace

const std::vector<Verb>& image_verbs() {
    static const std::vector<Verb> verbs{
        {"pull",
         "image",
         "",
         "[OPTIONS] NAME[:TAG|@DIGEST]",
         "Download an image from a registry",
         {{"quiet", 'q', FlagKind::boolean, "Suppress verbose output", ""},
          {"platform", 0, FlagKind::text, "Set platform if server is multi-platform capable", ""},
          {"all-tags", 'a', FlagKind::boolean, "Download all tagged images in the repository", not_yet}},
         Mix::anywhere,
         1,
         1,
         pull},
        {"images",
         "image",
         "ls",
         "[OPTIONS] [REPOSITORY[:TAG]]",
         "List images",
         {{"quiet", 'q', FlagKind::boolean, "Only show image IDs", ""},
          {"all", 'a', FlagKind::boolean, "Show all images (default hides intermediate images)", ""},
          {"no-trunc", 0, FlagKind::boolean, "Don't truncate output", ""},
          {"format", 0, FlagKind::text, "Format output using a custom template", ""}},
         Mix::anywhere,
         0,
         1,
         images},
        {"rmi",
         "image",
         "rm",
         "[OPTIONS] IMAGE [IMAGE...]",
         "Remove one or more images",
         {{"force", 'f', FlagKind::boolean, "Force removal of the image", ""}},
         Mix::anywhere,
         1,
         -1,
         remove_images},
        {"tag",
         "image",
         "",
         "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
         "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
         {},
         Mix::anywhere,
         2,
         2,
         tag},
        {"history",
         "image",
         "",
         "[OPTIONS] IMAGE",
         "Show the history of an image",
         {{"no-trunc", 0, FlagKind::boolean, "Don't truncate output", ""}},
         Mix::anywhere,
         1,
         1,
         history}};
    return verbs;
}

}  // namespace cutaway::cli
