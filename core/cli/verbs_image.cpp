// SPDX-License-Identifier: Apache-2.0
// The verbs that act on images.
#include "core/cli/bars.h"
#include "core/cli/image_list.h"
#include "core/cli/verb.h"
#include "core/oci/reference.h"

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
        {"images", "image", "ls", "[OPTIONS] [REPOSITORY[:TAG]]", "List images", image_list_flags(), Mix::anywhere, 0,
         1, list_images},
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
        {"history", "image", "", "[OPTIONS] IMAGE", "Show the history of an image", history_flags(), Mix::anywhere, 1,
         1, list_history}};
    return verbs;
}

}  // namespace cutaway::cli
