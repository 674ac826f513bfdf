// SPDX-License-Identifier: Apache-2.0
// `docker run`, pass by pass. Read this first: everything else is what one of these lines does.
#include <algorithm>

#include "core/engine/configure.h"
#include "core/engine/happenings.h"
#include "core/engine/lifecycle.h"
#include "core/engine/networking.h"
#include "core/engine/rootless.h"
#include "core/engine/security.h"
#include "core/engine/speak.h"
#include "core/registry/client.h"
#include "core/store/containers.h"
#include "core/store/ids.h"

namespace cutaway::engine {

namespace {

using world::Phase;

void describe_image(store::ContainerRecord& record, const store::Image& image) {
    record.image_id = image.record.id;
    record.image_manifest = image.record.manifest;
    for (const store::ImageLayer& layer : image.record.layers) {
        record.diff_ids.push_back(layer.diff_id);
        record.chain_ids.push_back(layer.chain_id);
    }
}

std::string create_path(const ContainerOptions& options) {
    return "/containers/create" + (options.name.empty() ? "" : "?name=" + options.name);
}

// As many as there are, with docker's two digits.
Status check_cpus(const ContainerOptions& options, std::uint32_t cpus) {
    constexpr std::uint64_t whole = 1'000'000'000;
    if (options.nano_cpus > whole * cpus || (options.nano_cpus > 0 && options.nano_cpus < whole / 100)) {
        const std::string all = std::to_string(cpus);
        return fail(Errc::invalid,
                    "range of CPUs is from 0.01 to " + all + ".00, as there are only " + all + " CPUs available");
    }
    return {};
}

// The record is on disk from here on; nothing runs and nothing is mounted yet.
Result<store::ContainerRecord> write_record(world::World& world, const ContainerOptions& options,
                                            const store::Image& image) {
    return world::within(world.narrator, phase_span(Phase::create, ""), [&]() -> Result<store::ContainerRecord> {
        world::Span step(world.narrator);
        TRY(step.open(step_span(Phase::create, "", "write the container's record and its empty writable layer")));
        TRY(check_cpus(options, world.machine.cpus));
        store::ContainerRecord record = TRY(configure(options, TRY(store::image_config(world, image.record))));
        TRY(settle_joined(world, options, record));
        TRY(check_rootless(world.machine, record));
        TRY(settle_network(world.machine, options, record));
        record.host.security_options = TRY(settle_security(world.disk, options.security_options));
        describe_image(record, image);
        record.id = store::random_id(world.entropy);
        if (record.config.hostname.empty()) {
            record.config.hostname =
                record.host.network_mode == "host" ? world.machine.hostname : store::short_id(record.id);
        }
        const std::vector<std::string> groups = cgroup::paths(cgroup_config(record, world.machine));
        record.cgroup = groups.empty() ? "" : groups.front();
        if (is_on_bridge(record)) {
            TRY(settle_endpoints(world, record));
        }
        record.state.why = "create";
        return store::create_container(world, std::move(record));
    });
}

Error leave(world::World& world, const store::ContainerRecord& record, Error why) {
    if (record.host.auto_remove) {
        // A start that was given up at a gate leaves nothing either, so nobody is asked about this.
        world::SpanStart start = step_span(Phase::remove, record.id, "remove what was to go in the end");
        start.clean_up = true;
        static_cast<void>(world::within(world.narrator, start, [&] { return discard(world, record, true); }));
    }
    return why;
}

}  // namespace

Result<store::Image> Engine::image_for(const ContainerOptions& options, Io& io) {
    if (options.pull != PullPolicy::always) {
        Result<store::Image> here = store::find_image(world_, options.image);
        if (here || options.pull == PullPolicy::never || here.error().code != Errc::not_found) {
            return here;
        }
        const oci::Reference name = TRY(oci::parse_reference(options.image));
        io.err("Unable to find image '" + oci::familiar_name(name) + "' locally\n");
    }
    TRY(api(world_, "POST", "/images/create?fromImage=" + options.image, 200,
            [&] { return pull(options.image, options.platform, io); }));
    return store::find_image(world_, options.image);
}

// The client asks to create; told that there is no image, it asks to pull and asks again.
Result<store::ContainerRecord> Engine::make(const ContainerOptions& options, Io& io) {
    TRY(restart_policy(options));  // the client says it before anything is asked
    TRY(reconcile());
    const std::string path = create_path(options);
    if (options.pull == PullPolicy::missing) {
        const auto here = [&] { return store::find_image(world_, options.image); };
        Result<store::Image> image = here();
        if (!image && image.error().code == Errc::not_found) {
            static_cast<void>(api(world_, "POST", path, 201, here));
        }
    }
    const store::Image image = TRY(image_for(options, io));
    store::ContainerRecord record =
        TRY(api(world_, "POST", path, 201, [&] { return write_record(world_, options, image); }));
    happened(world_, record, "create");
    if (!options.id_file.empty()) {
        TRY_IN("write the container ID to " + options.id_file,
               world_.disk.save(options.id_file, record.id, world::Durability::runtime));
    }
    if (record.host.network_mode == "host" && !record.host.ports.empty()) {
        io.err("WARNING: Published ports are discarded when using host network mode\n");
    }
    if (options.network.empty() && record.host.network_mode == "none") {
        io.err(no_networks(world_.machine));
    }
    return record;
}

Result<std::string> Engine::create(const ContainerOptions& options, Io& io) { return TRY(make(options, io)).id; }

Result<std::int32_t> Engine::run(const ContainerOptions& options, bool detach, Io& io) {
    store::ContainerRecord record = TRY(make(options, io));
    const Attach attach = detach ? Attach::no : Attach::yes;
    if (!detach) {
        happened(world_, record, "attach");
    }
    Result<runtime::Launched> launched = api(world_, "POST", "/containers/" + store::short_id(record.id) + "/start",
                                             204, [&] { return bring_up(world_, record, attach, brought_); });
    if (!launched) {
        if (detach) {
            io.started(record.id);  // docker's client tells the id of what was made, started or not
        }
        return leave(world_, record, std::move(launched).error());
    }
    io.started(record.id);
    if (detach) {
        return 0;
    }
    const Attachment attachment{options.keep_stdin, signals_to(world_, record), options.terminal, options.detach_keys};
    const auto exited = TRY(world::within(world_.narrator, phase_span(Phase::running, record.id),
                                          [&] { return follow(world_, *launched->channel, io, attachment); }));
    if (!exited) {  // let go of, it runs on
        return 0;
    }
    launched->channel.reset();
    if (exited->restarts) {  // docker's client, too, waits for the first end only
        return exited->code;
    }
    runtime::ExitRecord exit{exited->code, exited->signal, exited->oom, world_.clock.wall_ns()};
    if (const auto told = await_exit_record(world_, record.id)) {
        exit = *told;
    }
    TRY(put_away(world_, record.id, exit, "the first process ended"));
    return exited->code;
}

}  // namespace cutaway::engine
