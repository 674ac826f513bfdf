// SPDX-License-Identifier: Apache-2.0
#include "core/engine/archive.h"

#include "core/engine/container_files.h"
#include "core/engine/happenings.h"
#include "core/engine/lifecycle.h"
#include "core/engine/speak.h"
#include "core/layer/decompress.h"
#include "core/layer/pack.h"
#include "core/store/containers.h"
#include "core/store/ids.h"

namespace cutaway::engine {

namespace {

using world::Phase;

std::string path_of(const InContainer& asked) {
    return "/containers/" + asked.container + "/archive?path=" + asked.path;
}

Error could_not_find(const InContainer& asked) {
    return fail(Errc::not_found, "Could not find the file " + asked.path + " in container " + asked.container);
}

// A path that ends in "/" or "/." says that it is a directory.
Result<Found> find(ContainerFiles& files, const InContainer& asked, LastLink last) {
    const bool directory = asked.path.ends_with('/') || asked.path.ends_with("/.");
    Result<Found> found = resolve(files, asked.path, directory ? LastLink::followed : last);
    if (!found && found.error().code != Errc::not_found) {
        return found;
    }
    if (!found || !found->info) {
        return could_not_find(asked);
    }
    if (directory && found->info->type != world::FileType::directory) {
        return fail(Errc::invalid, "not a directory");
    }
    return found;
}

template <class Work>
auto within_files(Engine& engine, const std::string& method, const InContainer& asked, Work&& work)
    -> decltype(work(std::declval<ContainerFiles&>(), std::declval<const store::ContainerRecord&>())) {
    using Answer = decltype(work(std::declval<ContainerFiles&>(), std::declval<const store::ContainerRecord&>()));
    world::World& world = engine.world();
    if (Status ready = engine.reconcile(); !ready) {
        return std::move(ready).error();
    }
    return api(world, method, path_of(asked), 200, [&]() -> Answer {
        Result<store::ContainerRecord> record = store::find_container(world, asked.container);
        if (!record) {
            return std::move(record).error();
        }
        return with_files(world, *record, [&](ContainerFiles& files) -> Answer { return work(files, *record); });
    });
}

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }
std::string without_slash(const std::string& path) { return path.starts_with('/') ? path.substr(1) : path; }

// Every entry becomes the container's user's.
class OwnedWriter final : public world::TreeWriter {
public:
    OwnedWriter(world::TreeWriter& to, const User& user) : to_(to), user_(user) {}
    Status add(const world::TreeEntry& entry) override {
        world::TreeEntry owned = entry;
        owned.info.uid = user_.uid;
        owned.info.gid = user_.gid;
        return to_.add(owned);
    }
    Status write(std::string_view bytes) override { return to_.write(bytes); }
    Status whiteout(std::string_view path) override { return to_.whiteout(path); }
    Status opaque(std::string_view directory) override { return to_.opaque(directory); }
    Status finish() override { return to_.finish(); }

private:
    world::TreeWriter& to_;
    const User& user_;
};

Status put(world::World& world, const store::ContainerRecord& record, world::TreeWriter& writer, Owner owner,
           const Fill& fill) {
    if (owner == Owner::as_given) {
        TRY(fill(writer));
        return writer.finish();
    }
    const User user = TRY(find_user(world, record, record.config.user));
    OwnedWriter owned(writer, user);
    TRY(fill(owned));
    return owned.finish();
}

}  // namespace

Result<PathStat> stat_path(Engine& engine, const InContainer& at) {
    return within_files(engine, "HEAD", at,
                        [&](ContainerFiles& files, const store::ContainerRecord&) -> Result<PathStat> {
                            const Found found = TRY(find(files, at, LastLink::kept));
                            return PathStat{last_part(found.path), *found.info};
                        });
}

Status read_archive(Engine& engine, const InContainer& at, const std::string& name, world::TreeWriter& to,
                    const Dress& dress) {
    return within_files(engine, "GET", at, [&](ContainerFiles& files, const store::ContainerRecord& record) -> Status {
        const Found found = TRY(find(files, at, LastLink::kept));
        happened(engine.world(), record, "archive-path");
        world::SpanStart step = step_span(Phase::running, record.id, "read the files at " + at.path);
        return world::within(engine.world().narrator, step, [&]() -> Status {
            TRY(layer::pack({files, to, engine.world().cancel, layer::TreeForm::plain, dress},
                            without_slash(found.path), name));
            return to.finish();
        });
    });
}

Status read_archive_as_tar(Engine& engine, const InContainer& at, const std::string& name, const Bytes& out) {
    layer::TarTree tar(out);
    return read_archive(engine, at, name, tar, {});
}

Fill from_tar(world::World& world, world::Source& tar) {
    return [&world, &tar](world::TreeWriter& to) -> Status {
        const std::unique_ptr<world::Source> plain = TRY(layer::decompressed(tar));
        const std::unique_ptr<layer::TarReader> reader = TRY(layer::TarReader::open(*plain));
        return layer::unpack_plain(*reader, to, world.cancel);
    };
}

Fill from_host(world::World& world, const std::string& path, const std::string& name, const Dress& dress) {
    return [&world, path, name, dress](world::TreeWriter& to) -> Status {
        const std::unique_ptr<world::TreeReader> host = TRY(world.disk.reader("/"));
        return layer::pack({*host, to, world.cancel, layer::TreeForm::plain, dress}, without_slash(path), name);
    };
}

Status write_archive(Engine& engine, const InContainer& directory, Owner owner, const Fill& fill) {
    const auto work = [&](ContainerFiles& files, const store::ContainerRecord& record) -> Status {
        const Found found = TRY(find(files, directory, LastLink::followed));
        if (found.info->type != world::FileType::directory) {
            return fail(Errc::invalid, "extraction point is not a directory");
        }
        happened(engine.world(), record, "extract-to-dir");
        world::SpanStart step = step_span(Phase::running, record.id, "write the files below " + directory.path);
        return world::within(engine.world().narrator, step, [&]() -> Status {
            const std::unique_ptr<world::TreeWriter> writer = TRY(files.writer(found.path));
            return put(engine.world(), record, *writer, owner, fill);
        });
    };
    return within_files(engine, "PUT", directory, work);
}

Status export_container(Engine& engine, const std::string& container, const Bytes& out) {
    TRY(engine.reconcile());
    world::World& world = engine.world();
    return api(world, "GET", "/containers/" + container + "/export", 200, [&]() -> Status {
        store::ContainerRecord record = TRY(store::find_container(world, container));
        return with_files(world, record, [&](ContainerFiles&) -> Status {
            world::Span step(world.narrator);
            TRY(step.open(step_span(Phase::running, record.id, "write the container's files as a tar")));
            happened(world, record, "export");
            const std::unique_ptr<world::TreeReader> root = TRY(world.disk.reader(record.merged));
            layer::TarTree tar(out);
            TRY(layer::pack({*root, tar, world.cancel, layer::TreeForm::plain, {}}, "", ""));
            return tar.finish();
        });
    });
}

}  // namespace cutaway::engine
