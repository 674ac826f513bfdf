// SPDX-License-Identifier: Apache-2.0
// `docker cp`: the client's half. Which of the two sides is a container, what a trailing slash says, and under which
// name a copy arrives; the rules are those of docker's own table ("docker container cp", Extended description).
#include <algorithm>

#include "core/cli/text.h"
#include "core/cli/verb.h"
#include "core/engine/archive.h"
#include "core/engine/container_files.h"

namespace cutaway::cli {

namespace {

using world::FileType;

struct Side {
    std::string container;  // empty: on the host
    std::string path;
};

// docker's splitCpArg: an absolute path, or one that begins with a dot, is the host's even with a colon in it.
Side side_of(const std::string& argument) {
    const std::size_t colon = argument.find(':');
    if (argument.starts_with('/') || argument.starts_with('.') || colon == std::string::npos) {
        return {"", argument};
    }
    return {argument.substr(0, colon), argument.substr(colon + 1)};
}

// Without "." , ".." and double slashes, as Go's path.Clean has it; always absolute.
std::string clean(std::string_view path) {
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view part = path.substr(0, end);
        path.remove_prefix(std::min(end + 1, path.size()));
        if (part == "..") {
            parts.resize(parts.empty() ? 0 : parts.size() - 1);
        } else if (!part.empty() && part != ".") {
            parts.push_back(part);
        }
    }
    std::string whole;
    for (const std::string_view part : parts) {
        whole += "/" + std::string(part);
    }
    return whole.empty() ? "/" : whole;
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}
std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }
bool says_directory(const std::string& path) { return path.ends_with('/') || path.ends_with("/.") || path == "."; }
bool says_contents(const std::string& path) { return path.ends_with("/.") || path == "." || clean(path) == "/"; }

struct Source {
    std::string name;  // what a copy is called by itself; "": only what is in it is copied
    bool directory = false;
};
struct Target {
    std::string path;  // as given, absolute
    bool there = false;
    bool directory = false;
};
struct Landing {
    std::string folder;
    std::string name;
};

// archive.PrepareArchiveCopy of moby, case by case.
Result<Landing> land(const Source& source, const Target& target) {
    const std::string path = clean(target.path);
    if (target.there && target.directory) {
        return Landing{path, source.name};
    }
    if (target.there && source.directory) {
        return fail(Errc::invalid, "cannot copy directory");
    }
    if (!source.directory && says_directory(target.path)) {
        return fail(Errc::invalid, target.there ? "not a directory" : "no such directory");
    }
    return Landing{folder_of(path), name_of(path)};
}

class Copying {
public:
    explicit Copying(Invocation& call) : call_(call) {}

    int out(const Side& from, const std::string& to);
    int in(const std::string& from, const Side& to);

private:
    int told(const std::string& text) {
        call_.console.err(shown(text) + "\n");
        return 1;
    }
    int told(const Error& error, bool daemon) { return daemon ? refuse(call_, error) : told(error.doing); }
    Result<engine::Found> look(const std::string& path, engine::LastLink last) {
        const std::unique_ptr<world::TreeReader> root = TRY(call_.engine.world().disk.reader("/"));
        return engine::resolve(*root, path, last);
    }
    // What a tar of it would weigh, which is what docker counts.
    Result<bool> count(const world::TreeEntry& entry) {
        const bool bytes = entry.info.type == FileType::regular && entry.hardlink.empty();
        bytes_ += 512 + (bytes ? (entry.info.size + 511) / 512 * 512 : 0);
        return true;
    }
    int done(const std::string& where) {
        const bool quiet = call_.given.has("quiet") ? call_.given.on("quiet") : !call_.console.is_terminal();
        if (!quiet) {
            call_.console.err("Successfully copied " + human_size(bytes_ + 1024) + " to " + where + "\n");
        }
        return 0;
    }
    int stream_out(const Side& from, const std::string& name);
    int stream_in(const Side& to);
    Result<engine::PathStat> followed(const Side& side, std::string& path);
    Status write_host(const Side& from, const std::string& path, const Landing& landing, bool& daemon);

    Invocation& call_;
    std::uint64_t bytes_ = 0;
};

// The path, or where the link at its end leads.
Result<engine::PathStat> Copying::followed(const Side& side, std::string& path) {
    engine::PathStat stat = TRY(engine::stat_path(call_.engine, {side.container, path}));
    if (stat.info.type != FileType::symlink) {
        return stat;
    }
    path = stat.info.link.starts_with('/') ? stat.info.link : folder_of(clean(path)) + "/" + stat.info.link;
    return engine::stat_path(call_.engine, {side.container, path});
}

int Copying::stream_out(const Side& from, const std::string& name) {
    const auto print = [&](std::string_view bytes) -> Status {
        call_.console.out(bytes);
        return {};
    };
    const Status sent = engine::read_archive_as_tar(call_.engine, {from.container, from.path}, name, print);
    return sent ? 0 : told(sent.error(), true);
}

Status Copying::write_host(const Side& from, const std::string& path, const Landing& landing, bool& daemon) {
    daemon = false;
    world::Disk& disk = call_.engine.world().disk;
    const engine::Found folder = TRY(look(landing.folder, engine::LastLink::followed));
    const std::string real = folder.path.empty() ? "/" : folder.path;
    const std::unique_ptr<world::TreeReader> there = TRY(disk.reader(real));
    const std::unique_ptr<world::TreeWriter> writer = TRY(disk.tree(real));
    Status refused;
    const auto dress = [&](world::TreeEntry& entry) -> Result<bool> {
        entry.info.uid = 0;  // whoever copies: the engine acts for root alone
        entry.info.gid = 0;
        std::erase_if(entry.info.xattrs, [](const world::Pair& pair) { return pair.name != "security.capability"; });
        const Result<world::FileInfo> before = there->stat(entry.path);
        const bool was = before && before->type == FileType::directory;
        const bool will = entry.info.type == FileType::directory;
        if (before && was != will) {
            refused =
                fail(Errc::invalid, std::string("cannot overwrite ") + (was ? "directory \"" : "non-directory \"") +
                                        (real == "/" ? "" : real) + "/" + entry.path + "\" with " +
                                        (was ? "non-directory \"" : "directory \"") + real + "\"");
            return refused.error();
        }
        return count(entry);
    };
    Status copied = engine::read_archive(call_.engine, {from.container, path}, landing.name, *writer, dress);
    daemon = !copied && refused.has_value();
    return copied;
}

int Copying::out(const Side& from, const std::string& to) {
    Side side = from;
    Target target;
    if (to != "-") {
        target.path = on_host(call_.console, to);
        const std::string above = folder_of(clean(target.path));
        const Result<engine::Found> folder = look(above, engine::LastLink::followed);
        if (!folder || !folder->info) {
            return told("invalid output path: directory \"" + above + "\" does not exist");
        }
        if (const Result<engine::Found> there = look(target.path, engine::LastLink::followed)) {
            target.there = there->info.has_value();
            target.directory = there->info && there->info->type == FileType::directory;
            if (there->info && there->info->type != FileType::regular && !target.directory) {
                return told("invalid output path: \"" + to + "\" must be a directory or a regular file: got a device");
            }
        }
    }
    const Result<engine::PathStat> stat = call_.given.on("follow-link")
                                              ? followed(side, side.path)
                                              : engine::stat_path(call_.engine, {side.container, side.path});
    if (!stat) {
        return told(stat.error(), true);
    }
    Source source;
    source.directory = stat->info.type == FileType::directory;
    source.name = says_contents(side.path) ? "" : name_of(clean(from.path));
    if (to == "-") {
        return stream_out(side, source.name);
    }
    const Result<Landing> landing = land(source, target);
    if (!landing) {
        return told(landing.error().doing);
    }
    bool daemon = false;
    const Status copied = write_host(side, side.path, *landing, daemon);
    return copied ? done(target.path) : told(copied.error(), daemon);
}

int Copying::stream_in(const Side& to) {
    std::string path = to.path;
    const Result<engine::PathStat> stat = followed(to, path);
    if (!stat || stat->info.type != FileType::directory) {
        return told("destination \"" + to.container + ":" + to.path + "\" must be a directory");
    }
    ConsoleSource typed(call_.console);
    const auto owner = call_.given.on("archive") ? engine::Owner::container_user : engine::Owner::as_given;
    const Status copied =
        engine::write_archive(call_.engine, {to.container, path}, owner, engine::from_tar(call_.engine.world(), typed));
    return copied ? 0 : told(copied.error(), true);
}

int Copying::in(const std::string& from, const Side& to) {
    if (from == "-") {
        return stream_in(to);
    }
    const std::string path = on_host(call_.console, from);
    const auto last =
        call_.given.on("follow-link") || says_directory(from) ? engine::LastLink::followed : engine::LastLink::kept;
    const Result<engine::Found> found = look(path, last);
    if (!found || !found->info) {
        return told("lstat " + clean(path) + ": no such file or directory");
    }
    Source source;
    source.directory = found->info->type == FileType::directory;
    if (!source.directory && says_directory(from)) {
        return told("not a directory");
    }
    source.name = says_contents(from) ? "" : name_of(clean(path));
    Target target;
    target.path = to.path.starts_with('/') ? to.path : "/" + to.path;
    if (const Result<engine::PathStat> stat = followed(to, target.path); stat) {
        target.there = true;
        target.directory = stat->info.type == FileType::directory;
        if (stat->info.type == FileType::character || stat->info.type == FileType::block) {
            return told("destination \"" + to.container + ":" + to.path +
                        "\" must be a directory or a regular file: got a device");
        }
    }  // whatever else is wrong, the daemon will say when it is asked to write
    const Result<Landing> landing = land(source, target);
    if (!landing) {
        return told(landing.error().doing);
    }
    const auto owner = call_.given.on("archive") ? engine::Owner::container_user : engine::Owner::as_given;
    const auto dress = [&](world::TreeEntry& entry) { return count(entry); };
    const Status copied =
        engine::write_archive(call_.engine, {to.container, landing->folder}, owner,
                              engine::from_host(call_.engine.world(), found->path, landing->name, dress));
    return copied ? done(to.container + ":" + target.path) : told(copied.error(), true);
}

int copy(Invocation& call) {
    const auto refused = [&](std::string_view text) {
        call.console.err(std::string(text) + "\n");
        return 1;
    };
    const std::vector<std::string>& words = call.given.arguments;
    if (words[0].empty() || words[1].empty()) {
        return refused(words[0].empty() ? "source can not be empty" : "destination can not be empty");
    }
    const Side from = side_of(words[0]);
    const Side to = side_of(words[1]);
    if (!from.container.empty() && !to.container.empty()) {
        return refused("copying between containers is not supported");
    }
    if (from.container.empty() && to.container.empty()) {
        return refused("must specify at least one container source");
    }
    Copying copying(call);
    return to.container.empty() ? copying.out(from, to.path) : copying.in(from.path, to);
}

}  // namespace

const std::vector<Verb>& copying_verbs() {
    static const std::vector<Verb> verbs{
        {"cp",
         "container",
         "",
         "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\tdocker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
         "Copy files/folders between a container and the local filesystem\n\nUse '-' as the source to read a tar "
         "archive from stdin\nand extract it to a directory destination in a container.\nUse '-' as the destination "
         "to stream a tar archive of a\ncontainer source to stdout.",
         {{"archive", 'a', FlagKind::boolean, "Archive mode (copy all uid/gid information)", ""},
          {"follow-link", 'L', FlagKind::boolean, "Always follow symbol link in SRC_PATH", ""},
          {"quiet", 'q', FlagKind::boolean, "Suppress progress output during copy", ""}},
         Mix::anywhere,
         2,
         2,
         copy}};
    return verbs;
}

}  // namespace cutaway::cli
