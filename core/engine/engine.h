// SPDX-License-Identifier: Apache-2.0
// Engine: the docker verbs, on whichever world it was given. It prints nothing itself but what docker's daemon or an
// attached container would: through Io. Answers are records and ids; text is `cli`'s. One verb at a time per Engine;
// several engines may work on one store, its locks keep them apart.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/engine/brought.h"
#include "core/engine/options.h"
#include "core/oci/image_config.h"
#include "core/store/container_record.h"
#include "core/store/images.h"
#include "core/store/networks.h"
#include "core/store/volumes.h"
#include "core/world/world.h"

namespace cutaway::engine {

struct TerminalSize {
    std::uint16_t rows = 0;
    std::uint16_t columns = 0;
};

// How far a layer is, as a person sees it.
struct LayerBar {
    std::string id;      // "a2abf6c4d29d"
    std::string status;  // "Downloading"
    std::uint64_t done = 0;
    std::uint64_t total = 0;
};

enum class Stream { out, err };

// Where an attached container's bytes go and where its input and signals come from. Called on the verb's own thread.
class Io {
public:
    virtual ~Io() = default;
    virtual void out(std::string_view bytes) = 0;
    virtual void err(std::string_view bytes) = 0;
    // Asked for only while a container was given -i and is attached.
    virtual std::optional<std::string> input() { return std::nullopt; }   // "" is the end of input; nothing: none now
    virtual std::optional<std::string> signal() { return std::nullopt; }  // one to pass on, "SIGINT"
    virtual void raw(bool /*on*/) {}  // keys as they are: they are a container's terminal's
    virtual std::optional<TerminalSize> resized() { return std::nullopt; }  // of the person's own, if it changed
    // Of a pull and a push, from any of their threads: a bar that moves, a layer's state, a plain line.
    virtual void progress(const LayerBar&) {}
    virtual void layer(std::string_view id, std::string_view status) {
        say(std::string(id) + ": " + std::string(status));
    }
    virtual void say(std::string_view line) { err(std::string(line) + "\n"); }
    virtual void started(std::string_view /*id*/) {}  // run: the container is up
    virtual void attached() {}                        // from here on signal() is asked for
};

struct ContainerStats {
    std::string id;
    std::string name;
    std::uint64_t memory = 0;
    std::uint64_t memory_limit = 0;
    double cpu_percent = 0;
    std::uint32_t processes = 0;
};

struct TopTable {
    std::vector<std::string> titles;
    std::vector<std::vector<std::string>> rows;
};

struct PullResult {
    std::string reference;  // "docker.io/library/nginx:latest"
    std::string digest;
    std::string image_id;
    bool newer = false;  // false: "Image is up to date"
};

// Whether a prune may take what nothing uses and what is labelled and as old as this; none: it may.
using MayGo = std::function<bool(const std::vector<world::Pair>& labels, const std::string& created)>;

struct PruneResult {
    std::vector<std::string> removed;
    std::uint64_t reclaimed = 0;
};

class Engine {
public:
    explicit Engine(world::World& world, const Brought* brought = nullptr) : world_(world), brought_(brought) {}

    // Before any verb: takes in what happened while nobody looked (exits, half-made containers), so that every answer
    // is true now. Each verb below does it itself.
    Status reconcile();

    // --- containers ---------------------------------------------------------------------------------------------
    Result<std::string> create(const ContainerOptions& options, Io& io);  // the full id
    // The exit status of docker run: the container's, or 125, 126, 127 with the error already told.
    Result<std::int32_t> run(const ContainerOptions& options, bool detach, Io& io);
    Status start(const std::string& container);
    Result<std::int32_t> start_attached(const AttachOptions& options, Io& io);
    Status stop(const std::string& container, std::optional<std::int32_t> timeout_s, const std::string& signal);
    Status restart(const std::string& container, std::optional<std::int32_t> timeout_s);
    Status kill(const std::string& container, const std::string& signal);
    Status pause(const std::string& container);
    Status unpause(const std::string& container);
    Result<std::int32_t> wait(const std::string& container);
    Status remove(const std::string& container, bool force, bool volumes);
    Result<std::int32_t> exec(const ExecOptions& options, Io& io);
    Result<std::int32_t> attach(const AttachOptions& options, Io& io);
    Status logs(const LogOptions& options, Io& io);
    Result<std::vector<store::ContainerRecord>> containers();  // newest first
    Result<store::ContainerRecord> container(const std::string& name);
    Result<TopTable> top(const std::string& container, const std::string& ps_options);
    Result<ContainerStats> stats(const std::string& container);
    Status rename(const std::string& container, const std::string& name);
    Result<PruneResult> prune_containers(const MayGo& may_go = {});

    // --- images -------------------------------------------------------------------------------------------------
    Result<PullResult> pull(const std::string& reference, const std::string& platform, Io& io);
    Result<std::vector<store::Image>> images();  // newest first
    Result<store::Image> image(const std::string& name);
    Status tag(const std::string& source, const std::string& target);
    Result<oci::ImageConfig> image_config(const std::string& name);
    Result<store::ImageRemoval> remove_image(const std::string& name, store::Force force);

    // --- networks and volumes -------------------------------------------------------------------------------------
    Result<std::vector<store::NetworkRecord>> networks();
    Result<std::vector<store::VolumeRecord>> volumes();

    world::World& world() { return world_; }
    [[nodiscard]] const Brought* brought() const { return brought_; }

private:
    Result<store::ContainerRecord> make(const ContainerOptions& options, Io& io);
    Result<store::Image> image_for(const ContainerOptions& options, Io& io);
    Status end(const std::string& container, const std::string& signal, std::int32_t grace_s);

    world::World& world_;
    const Brought* brought_;  // null: every image comes from a registry
};

}  // namespace cutaway::engine
