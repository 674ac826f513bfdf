// SPDX-License-Identifier: Apache-2.0
#include "core/cli/image_list.h"

#include <algorithm>
#include <array>

#include "core/cli/filters.h"
#include "core/cli/moment.h"
#include "core/cli/rows.h"
#include "core/cli/text.h"
#include "core/engine/clean_up.h"
#include "core/store/ids.h"
#include "core/store/time_text.h"

namespace cutaway::cli {

namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr std::array<std::string_view, 6> filter_names{"before", "dangling", "label", "reference", "since", "until"};

struct Name {
    std::string repository;
    std::string tag;
};

std::vector<Name> names_of(const store::Image& image) {
    std::vector<Name> names;
    for (const std::string& full : image.names) {
        if (const Result<oci::Reference> reference = oci::parse_reference(full)) {
            const std::string familiar = oci::familiar_name(*reference);
            names.push_back({familiar.substr(0, familiar.rfind(':')), reference->tag});
        }
    }
    if (names.empty()) {
        names.push_back({"<none>", "<none>"});
    }
    return names;
}

bool fits_argument(const Invocation& call, const Name& name) {
    if (call.given.arguments.empty()) {
        return true;
    }
    const std::string& wanted = call.given.arguments.front();
    const std::size_t colon = wanted.rfind(':');
    const bool tagged = colon != std::string::npos && wanted.find('/', colon) == std::string::npos;
    return name.repository == (tagged ? wanted.substr(0, colon) : wanted) &&
           (!tagged || name.tag == wanted.substr(colon + 1));
}

// Go's path.Match without its brackets: a * or ? is never a slash.
bool matches(std::string_view pattern, std::string_view text) {
    if (pattern.empty()) {
        return text.empty();
    }
    if (pattern.front() == '*') {
        for (std::size_t taken = 0;; ++taken) {
            if (matches(pattern.substr(1), text.substr(taken))) {
                return true;
            }
            if (taken >= text.size() || text[taken] == '/') {
                return false;
            }
        }
    }
    const bool one = !text.empty() && (pattern.front() == '?' ? text.front() != '/' : pattern.front() == text.front());
    return one && matches(pattern.substr(1), text.substr(1));
}

bool fits_reference(const Name& name, const std::string& pattern) {
    return name.repository != "<none>" &&
           (matches(pattern, name.repository) || matches(pattern, name.repository + ":" + name.tag));
}

std::string digest_of(const store::Image& image, const Name& name) {
    for (const std::string& pulled : image.record.pulled_as) {
        const Result<oci::Reference> reference = oci::parse_reference(pulled);
        const std::string familiar = reference ? oci::familiar_name(*reference) : "";
        if (familiar.starts_with(name.repository + "@")) {
            return familiar.substr(name.repository.size() + 1);
        }
    }
    return "<none>";
}

std::string go_time(std::string_view when) {
    const std::string text(when.substr(0, when.find_first_of(".Z")));
    return text.size() < 19 ? text : text.substr(0, 10) + " " + text.substr(11) + " +0000 UTC";
}

// What the filters that name no reference leave; `now` for "until".
class Chooser {
public:
    static Result<Chooser> make(Invocation& call) {
        Chooser chooser(call);
        chooser.filters_ = TRY(read_filters(call.given, filter_names));
        if (const auto wanted = chooser.filters_.find("dangling"); wanted != chooser.filters_.end()) {
            const std::string& value = wanted->second.back();
            if (value != "true" && value != "false" && value != "1" && value != "0") {
                return invalid_filter("dangling=" + value);
            }
        }
        TRY(chooser.set_edge("before", chooser.before_));
        TRY(chooser.set_edge("since", chooser.since_));
        if (const auto until = chooser.filters_.find("until"); until != chooser.filters_.end()) {
            chooser.until_ = TRY(parse_moment(until->second.back(), call.engine.world().clock.wall_ns()));
        }
        return chooser;
    }

    bool takes(const store::Image& image, const Name& name) const {
        const std::optional<std::int64_t> created = store::parse_time(image.record.created);
        const bool in_time = (!before_ || (created && *created < *before_)) &&
                             (!since_ || (created && *created > *since_)) &&
                             (!until_ || (created && *created < *until_));
        return in_time && fits_all(filters_, [&](const std::string& key, const std::string& value) {
                   return key == "dangling"    ? image.names.empty() == (value == "true" || value == "1")
                          : key == "reference" ? fits_reference(name, value)
                          : key == "label"     ? labelled(image, value)
                                               : true;
               });
    }

private:
    explicit Chooser(Invocation& call) : call_(&call) {}

    Status set_edge(std::string_view key, std::optional<std::int64_t>& edge) {
        const auto found = filters_.find(key);
        if (found == filters_.end()) {
            return {};
        }
        const Result<store::Image> image = call_->engine.image(found->second.back());
        if (!image) {
            return Error{image.error().code, 0, "Error response from daemon: " + image.error().doing};
        }
        edge = store::parse_time(image->record.created);
        return {};
    }

    bool labelled(const store::Image& image, const std::string& wanted) const {
        const Result<oci::ImageConfig> config = call_->engine.image_config(image.record.id);
        std::vector<world::Pair> labels;
        if (config) {
            for (const auto& [name, value] : config->config.labels) {
                labels.push_back({name, value});
            }
        }
        return has_label(labels, wanted);
    }

    Invocation* call_;
    Filters filters_;
    std::optional<std::int64_t> before_;
    std::optional<std::int64_t> since_;
    std::optional<std::int64_t> until_;
};

struct Listed {
    store::Image image;
    Name name;
};

Result<std::vector<Listed>> choose(Invocation& call) {
    const Chooser chooser = TRY(Chooser::make(call));
    std::vector<Listed> listed;
    for (const store::Image& image : TRY(call.engine.images())) {
        for (Name& name : names_of(image)) {
            if (fits_argument(call, name) && chooser.takes(image, name)) {
                listed.push_back({image, std::move(name)});
            }
        }
    }
    return listed;
}

std::string id_of(const Invocation& call, const store::Image& image) {
    return call.given.on("no-trunc") ? image.record.id : store::short_id(image.record.id);
}

int print(Invocation& call, const std::vector<Column>& columns, const Rows& rows) {
    const Result<std::string> text = formatted(call.given.text("format"), columns, rows);
    text ? call.console.out(*text) : call.console.err(text.error().doing + "\n");
    return text ? 0 : 1;
}

Rows image_rows(Invocation& call, const std::vector<Listed>& listed) {
    const std::int64_t now = call.engine.world().clock.wall_ns();
    Rows rows;
    for (const auto& [image, name] : listed) {
        const auto created = store::parse_time(image.record.created);
        rows.push_back({name.repository, name.tag, digest_of(image, name), id_of(call, image),
                        created ? human_duration(now - *created) + " ago" : "N/A", go_time(image.record.created),
                        human_size(engine::shown_size(image.record))});
    }
    return rows;
}

}  // namespace

int list_images(Invocation& call) {
    const Result<std::vector<Listed>> listed = choose(call);
    if (!listed) {
        const std::string& told = listed.error().doing;
        const bool whole = told.starts_with("invalid argument") || told.starts_with("Error response");
        return whole ? refuse_filters(call, listed.error()) : refuse(call, listed.error());
    }
    if (call.given.on("quiet")) {
        std::string last;
        for (const Listed& one : *listed) {
            const std::string id = id_of(call, one.image);
            call.console.out(id == last ? "" : id + "\n");
            last = id;
        }
        return 0;
    }
    Rows rows = image_rows(call, *listed);
    if (call.given.has("format")) {
        return print(call,
                     {{"Repository", "REPOSITORY"},
                      {"Tag", "TAG"},
                      {"Digest", "DIGEST"},
                      {"ID", "IMAGE ID"},
                      {"CreatedSince", "CREATED"},
                      {"CreatedAt", "CREATED AT"},
                      {"Size", "SIZE"}},
                     rows);
    }
    rows.insert(rows.begin(), {"REPOSITORY", "TAG", "DIGEST", "IMAGE ID", "CREATED", "CREATED AT", "SIZE"});
    for (std::vector<std::string>& row : rows) {
        row.erase(row.begin() + 5);
        if (!call.given.on("digests")) {
            row.erase(row.begin() + 2);
        }
    }
    call.console.out(table(rows));
    return 0;
}

namespace {

// "--human=false" writes a size as a number and a moment as one.
bool is_human(const Invocation& call) { return !call.given.has("human") || call.given.on("human"); }

// One row a step, newest first; the steps below the image have no image of their own to name.
Rows history_rows(Invocation& call, const store::Image& image, const oci::ImageConfig& config) {
    const std::int64_t now = call.engine.world().clock.wall_ns();
    const bool whole = call.given.on("no-trunc");
    Rows rows;
    std::size_t layer = 0;
    for (const oci::HistoryEntry& entry : config.history) {
        std::uint64_t size = 0;
        if (!entry.empty_layer && layer < image.record.layers.size()) {
            size = engine::shown_size(image.record.layers[layer++]);
        }
        const auto created = store::parse_time(entry.created);
        const std::string since = created ? human_duration(now - *created) + " ago" : "N/A";
        rows.push_back({"<missing>", is_human(call) ? since : entry.created, since, entry.created,
                        whole ? entry.created_by : cut(entry.created_by, 45),
                        is_human(call) ? human_size(size) : std::to_string(size), shown(entry.comment)});
    }
    std::reverse(rows.begin(), rows.end());
    if (!rows.empty()) {
        rows.front().front() = id_of(call, image);
    }
    return rows;
}

}  // namespace

int list_history(Invocation& call) {
    const Result<store::Image> image = call.engine.image(call.given.arguments.front());
    const Result<oci::ImageConfig> config =
        image ? call.engine.image_config(call.given.arguments.front()) : Result<oci::ImageConfig>(image.error());
    if (!config) {
        return refuse(call, config.error());
    }
    Rows rows = history_rows(call, *image, *config);
    if (call.given.on("quiet")) {
        for (const std::vector<std::string>& row : rows) {
            call.console.out(row.front() + "\n");
        }
        return 0;
    }
    if (call.given.has("format")) {
        return print(call,
                     {{"ID", "IMAGE"},
                      {"Created", "CREATED"},
                      {"CreatedSince", "CREATED"},
                      {"CreatedAt", "CREATED AT"},
                      {"CreatedBy", "CREATED BY"},
                      {"Size", "SIZE"},
                      {"Comment", "COMMENT"}},
                     rows);
    }
    rows.insert(rows.begin(), {"IMAGE", "CREATED", "", "", "CREATED BY", "SIZE", "COMMENT"});
    for (std::vector<std::string>& row : rows) {
        row.erase(row.begin() + 2, row.begin() + 4);
    }
    if (!is_human(call)) {
        rows.front()[1] = "CREATED AT";
    }
    call.console.out(table(rows));
    return 0;
}

std::vector<FlagSpec> image_list_flags() {
    return {{"quiet", 'q', FlagKind::boolean, "Only show image IDs", ""},
            {"all", 'a', FlagKind::boolean, "Show all images (default hides intermediate images)", ""},
            {"digests", 0, FlagKind::boolean, "Show digests", ""},
            {"filter", 'f', FlagKind::list, "Filter output based on conditions provided", ""},
            {"no-trunc", 0, FlagKind::boolean, "Don't truncate output", ""},
            {"format", 0, FlagKind::text, "Format output using a custom template", ""}};
}

std::vector<FlagSpec> history_flags() {
    return {{"format", 0, FlagKind::text, "Format output using a custom template", ""},
            {"human", 'H', FlagKind::boolean, "Print sizes and dates in human readable format (default true)", ""},
            {"no-trunc", 0, FlagKind::boolean, "Don't truncate output", ""},
            {"quiet", 'q', FlagKind::boolean, "Only show image IDs", ""}};
}

}  // namespace cutaway::cli
