// SPDX-License-Identifier: Apache-2.0
// The verbs that make images without a registry, and tars out of images and containers: commit, save, load, export,
// import.
#include "core/cli/verb.h"
#include "core/engine/archive.h"
#include "core/engine/image_archive.h"
#include "core/engine/new_image.h"

namespace cutaway::cli {

namespace {

int told(const Invocation& call, std::string_view text) {
    call.console.err(shown(text) + "\n");
    return 1;
}

// A name that the person gives to what is made; none is fine.
Result<std::optional<oci::Reference>> name_at(const Invocation& call, std::size_t place) {
    if (call.given.arguments.size() <= place || call.given.arguments[place].empty()) {
        return std::optional<oci::Reference>();
    }
    oci::Reference name = TRY(oci::parse_reference(call.given.arguments[place]));
    if (!name.digest.empty()) {
        return fail(Errc::invalid, "refusing to create a tag with a digest reference");
    }
    return std::optional<oci::Reference>(std::move(name));
}

int commit(Invocation& call) {
    engine::CommitOptions options;
    options.container = call.given.arguments.front();
    options.author = call.given.text("author");
    options.comment = call.given.text("message");
    options.changes = call.given.list("change");
    options.pause = !call.given.has("pause") || call.given.on("pause");
    Result<std::optional<oci::Reference>> name = name_at(call, 1);
    if (!name) {
        return told(call, name.error().doing);
    }
    options.name = std::move(*name);
    const Result<std::string> id = engine::commit(call.engine, options);
    if (!id) {
        return refuse(call, id.error());
    }
    call.console.out(*id + "\n");
    return 0;
}

// --- tars that go out -------------------------------------------------------------------------------------------------

// Where a tar goes: a file of the host that appears whole, or the person's own output, which must be no screen.
class Output {
public:
    Output(Invocation& call, std::string what) : call_(call), what_(std::move(what)) {}

    Status open() {
        const std::string given = call_.given.text("output");
        if (given.empty()) {
            return call_.console.is_terminal()
                       ? fail(Errc::invalid, "cowardly refusing to save to a terminal. Use the -o flag or redirect")
                       : Status();
        }
        const std::string path = on_host(call_.console, given);
        world::Disk& disk = call_.engine.world().disk;
        const std::string above = path.substr(0, std::max<std::size_t>(1, path.rfind('/')));
        if (!disk.stat(above)) {
            return fail(Errc::invalid,
                        "failed to " + what_ + ": invalid output path: stat " + above + ": no such file or directory");
        }
        if (const auto there = disk.stat(path); there && there->type == world::FileType::directory) {
            return fail(Errc::invalid, "failed to " + what_ + ": cannot write to a directory");
        }
        sink_ = TRY(disk.create(path));
        return {};
    }
    engine::Bytes bytes() {
        return [this](std::string_view some) -> Status {
            if (sink_ != nullptr) {
                return sink_->write(some);
            }
            call_.console.out(some);
            return {};
        };
    }
    Status commit() { return sink_ == nullptr ? Status() : sink_->commit(); }

private:
    Invocation& call_;
    std::string what_;
    std::unique_ptr<world::Sink> sink_;
};

template <class Work>
int send(Invocation& call, const std::string& what, Work&& work) {
    Output output(call, what);
    if (const Status opened = output.open(); !opened) {
        return told(call, opened.error().doing);
    }
    if (const Status sent = work(output.bytes()); !sent) {
        return refuse(call, sent.error());
    }
    const Status kept = output.commit();
    return kept ? 0 : told(call, kept.error().doing);
}

int save(Invocation& call) {
    return send(call, "save image",
                [&](const engine::Bytes& out) { return engine::save_images(call.engine, call.given.arguments, out); });
}

int export_container(Invocation& call) {
    return send(call, "export container", [&](const engine::Bytes& out) {
        return engine::export_container(call.engine, call.given.arguments.front(), out);
    });
}

// --- tars that come in ------------------------------------------------------------------------------------------------

Result<std::unique_ptr<world::Source>> open_input(Invocation& call, const std::string& path) {
    Result<std::unique_ptr<world::Source>> file = call.engine.world().disk.open(on_host(call.console, path));
    if (!file && file.error().code == Errc::not_found) {
        return fail(Errc::not_found, "open " + path + ": no such file or directory");
    }
    return file;
}

int load(Invocation& call) {
    std::unique_ptr<world::Source> source;
    if (call.given.has("input")) {
        Result<std::unique_ptr<world::Source>> file = open_input(call, call.given.text("input"));
        if (!file) {
            return told(call, file.error().doing);
        }
        source = std::move(*file);
    } else if (call.console.types()) {
        return told(call, "requested load from stdin, but stdin is empty");
    } else {
        source = std::make_unique<ConsoleSource>(call.console);
    }
    const auto loaded = engine::load_images(call.engine, *source);
    if (!loaded) {
        return refuse(call, loaded.error());
    }
    for (const engine::LoadedImage& image : *loaded) {
        for (const std::string& name : image.names) {
            call.console.out("Loaded image: " + name + "\n");
        }
        if (image.names.empty()) {
            call.console.out("Loaded image ID: " + image.id + "\n");
        }
    }
    return 0;
}

int import(Invocation& call) {
    const std::string& from = call.given.arguments.front();
    if (from.find("://") != std::string::npos) {
        return told(call, "cutaway: an import from an address is not built: fetch it, and import the file");
    }
    engine::ImportOptions options;
    options.message = call.given.has("message") ? call.given.text("message") : "Imported from -";
    options.changes = call.given.list("change");
    options.platform = call.given.text("platform");
    Result<std::optional<oci::Reference>> name = name_at(call, 1);
    if (!name) {
        return told(call, name.error().doing);
    }
    options.name = std::move(*name);
    std::unique_ptr<world::Source> source = std::make_unique<ConsoleSource>(call.console);
    if (from != "-") {
        Result<std::unique_ptr<world::Source>> file = open_input(call, from);
        if (!file) {
            return told(call, file.error().doing);
        }
        source = std::move(*file);
    }
    const Result<std::string> id = engine::import_image(call.engine, options, *source);
    if (!id) {
        return refuse(call, id.error());
    }
    call.console.out(*id + "\n");
    return 0;
}

FlagSpec change() { return {"change", 'c', FlagKind::list, "Apply Dockerfile instruction to the created image", ""}; }
FlagSpec output() { return {"output", 'o', FlagKind::text, "Write to a file, instead of STDOUT", ""}; }
FlagSpec platform(std::string_view refused) {
    return {"platform", 0, FlagKind::text, "Set platform if server is multi-platform capable", refused};
}

}  // namespace

const std::vector<Verb>& archiving_verbs() {
    static const std::vector<Verb> verbs{
        {"commit",
         "container",
         "",
         "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
         "Create a new image from a container's changes",
         {{"author", 'a', FlagKind::text, "Author (e.g., \"John Hannibal Smith <hannibal@a-team.com>\")", ""},
          change(),
          {"message", 'm', FlagKind::text, "Commit message", ""},
          {"pause", 'p', FlagKind::boolean, "Pause container during commit (default true)", ""}},
         Mix::anywhere,
         1,
         2,
         commit},
        {"export",
         "container",
         "",
         "[OPTIONS] CONTAINER",
         "Export a container's filesystem as a tar archive",
         {output()},
         Mix::anywhere,
         1,
         1,
         export_container},
        {"save",
         "image",
         "",
         "[OPTIONS] IMAGE [IMAGE...]",
         "Save one or more images to a tar archive (streamed to STDOUT by default)",
         {output(), platform(not_yet)},
         Mix::anywhere,
         1,
         -1,
         save},
        {"load",
         "image",
         "",
         "[OPTIONS]",
         "Load an image from a tar archive or STDIN",
         {{"input", 'i', FlagKind::text, "Read from tar archive file, instead of STDIN", ""},
          platform(not_yet),
          {"quiet", 'q', FlagKind::boolean, "Suppress the load output", ""}},
         Mix::anywhere,
         0,
         0,
         load},
        {"import",
         "image",
         "",
         "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
         "Import the contents from a tarball to create a filesystem image",
         {change(), {"message", 'm', FlagKind::text, "Set commit message for imported image", ""}, platform("")},
         Mix::anywhere,
         1,
         -1,
         import}};
    return verbs;
}

}  // namespace cutaway::cli
