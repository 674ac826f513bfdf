// SPDX-License-Identifier: Apache-2.0
#include "tests/cosim/two_worlds.h"

#include <mutex>

#include "core/cli/console.h"
#include "core/engine/lifecycle.h"
#include "core/host/lab/lab_image.h"
#include "core/model/image_pack.h"
#include "core/store/images.h"
#include "core/store/networks.h"
#include "core/trace/line.h"
#include "core/trace/recorder.h"
#include "core/trace/traced.h"

namespace cutaway::cosim {

namespace {

class Kept final : public trace::Sink {
public:
    void take(const trace::Event& event) override { events.push_back(event); }
    std::vector<trace::Event> events;
};

Told perform(world::World& world, world::Evidence evidence, const engine::Brought* brought,
             const engine::ContainerOptions& options) {
    Told told;
    Kept kept;
    trace::Recorder recorder(world.clock, evidence);
    recorder.add_sink(kept);
    cli::MemoryConsole console;
    {
        trace::TracedWorld traced(world, recorder);
        engine::Engine engine(traced.world(), brought);
        const Result<std::int32_t> status = engine.run(options, false, console);
        told.status = status ? *status : engine::run_status(status.error());
        told.error = status ? "" : status.error().doing;
        traced.drain();
    }
    told.events = std::move(kept.events);
    told.out = console.out_text;
    told.err = console.err_text;
    return told;
}

store::Image fetch(world::World& world, const engine::Brought* brought) {
    cli::MemoryConsole console;
    engine::Engine engine(world, brought);
    EXPECT_TRUE(engine.reconcile()) << "what is made once a machine is there before anything is recorded";
    const auto pulled = engine.pull("lab/hello", "", console);
    EXPECT_TRUE(pulled) << pulled.error().doing;
    return engine.image("lab/hello").value_or(store::Image{});
}

model::RegistrySite open_site() {
    model::RegistrySite site = model::docker_hub();
    site.login = model::RegistryLogin::none;
    site.blob_authority.clear();
    return site;
}

}  // namespace

engine::ContainerOptions lab_hello(const std::vector<std::string>& command) {
    engine::ContainerOptions options;
    options.image = "lab/hello";
    options.command = command;
    options.network = "none";
    options.name = "twin";
    options.remove = true;
    return options;
}

// --- this machine -----------------------------------------------------------------------------------------------

class RealSide::Lab final : public world::Transport {
public:
    Lab() : pack_(host::lab_image_pack()), server_(pack_, {open_site()}) {
        brought.transport = this;
        brought.has = [](const oci::Reference& image) { return image.path == "lab/hello"; };
    }
    Result<world::HttpResponse> send(const world::HttpRequest& request, world::Source* upload) override {
        const std::lock_guard<std::mutex> lock(mutex_);
        return server_.serve(request, upload);
    }
    engine::Brought brought;

private:
    std::mutex mutex_;
    model::ImagePack pack_;
    model::RegistryServer server_;
};

RealSide::RealSide()
    : host_({folder_.path("data"), folder_.path("run"), CUTAWAY_INIT_PROGRAM, CUTAWAY_HTTP_MODULE}),
      lab_(std::make_unique<Lab>()),
      filters_(folder_.path("filters"), CUTAWAY_SECCOMP_MODULE),
      image_(fetch(host_.world(), &lab_->brought)) {}

RealSide::~RealSide() = default;

const world::MachineProfile& RealSide::machine() { return host_.world().machine; }

const engine::Brought& RealSide::brought() const { return lab_->brought; }

Told RealSide::run(const engine::ContainerOptions& options) {
    engine::Brought brought = lab_->brought;
    brought.compile_filter = [this](const std::string& rules) { return filters_.compile(rules); };
    Told told = perform(host_.world(), world::Evidence::performed, &brought, options);
    // The shim may end a moment behind its last word; on a slow day that would be told in the next scenario.
    for (int i = 0; i < 1000 && host_.has_shims(); ++i) {
        static_cast<void>(host_.world().watch.next(10'000'000));
    }
    EXPECT_FALSE(host_.has_shims());
    return told;
}

// --- the simulated one, as it is or with something wrong ----------------------------------------------------------

class ModelSide::Twisted {
public:
    Twisted(world::World& inner, Twist twist)
        : twist_(std::move(twist)),
          kernel_(inner.kernel, twist_),
          spawner_(inner.spawner, twist_),
          watch_(inner.watch, twist_),
          world_{kernel_, inner.disk,  inner.transport, inner.clock,  inner.entropy, spawner_,
                 watch_,  inner.tasks, inner.narrator,  inner.cancel, inner.machine} {}
    world::World& world() { return world_; }

private:
    class Kernel final : public world::Kernel {
    public:
        Kernel(world::Kernel& inner, const Twist& twist) : inner_(inner), twist_(twist) {}
        Result<world::Reply> perform(const world::Call& call) override {
            return twist_.kernel ? twist_.kernel(inner_, call) : inner_.perform(call);
        }

    private:
        world::Kernel& inner_;
        const Twist& twist_;
    };
    class Channel final : public world::Channel {
    public:
        Channel(std::unique_ptr<world::Channel> inner, const Twist& twist) : inner_(std::move(inner)), twist_(twist) {}
        Status send(std::string_view bytes) override {
            runtime::Message message = TRY(runtime::decode(bytes));
            if (twist_.to_shim) {
                twist_.to_shim(message);
            }
            return inner_->send(runtime::encode(message));
        }
        Result<std::optional<std::string>> receive(std::int64_t timeout_ns) override {
            const std::optional<std::string> bytes = TRY(inner_->receive(timeout_ns));
            if (!bytes || !twist_.from_shim) {
                return bytes;
            }
            runtime::Message message = TRY(runtime::decode(*bytes));
            twist_.from_shim(message);
            return std::optional<std::string>(runtime::encode(message));
        }

    private:
        std::unique_ptr<world::Channel> inner_;
        const Twist& twist_;
    };
    class Spawner final : public world::Spawner {
    public:
        Spawner(world::Spawner& inner, const Twist& twist) : inner_(inner), twist_(twist) {}
        Result<std::unique_ptr<world::Channel>> start_shim(std::string_view container) override {
            std::unique_ptr<world::Channel> channel = TRY(inner_.start_shim(container));
            return std::unique_ptr<world::Channel>(std::make_unique<Channel>(std::move(channel), twist_));
        }
        Result<std::unique_ptr<world::Channel>> connect(std::string_view container) override {
            return inner_.connect(container);
        }

    private:
        world::Spawner& inner_;
        const Twist& twist_;
    };
    class Watch final : public world::Watch {
    public:
        Watch(world::Watch& inner, const Twist& twist) : inner_(inner), twist_(twist) {}
        Result<std::vector<world::Observed>> next(std::int64_t timeout_ns) override {
            std::vector<world::Observed> seen = TRY(inner_.next(timeout_ns));
            if (twist_.watch) {
                twist_.watch(seen);
            }
            return seen;
        }

    private:
        world::Watch& inner_;
        const Twist& twist_;
    };

    Twist twist_;
    Kernel kernel_;
    Spawner spawner_;
    Watch watch_;
    world::World world_;
};

namespace {

void add(std::vector<world::Pair>& pairs, const std::string& from, const std::string& to) {
    const auto hex = [](const std::string& digest) { return digest.substr(digest.find(':') + 1); };
    pairs.push_back({hex(from), hex(to)});
}

std::vector<world::Pair> digests_of(const store::Image& model, const store::Image& real) {
    std::vector<world::Pair> pairs;
    add(pairs, model.record.id, real.record.id);
    add(pairs, model.record.manifest, real.record.manifest);
    EXPECT_EQ(model.record.layers.size(), real.record.layers.size());
    for (std::size_t i = 0; i < std::min(model.record.layers.size(), real.record.layers.size()); ++i) {
        add(pairs, model.record.layers[i].digest, real.record.layers[i].digest);
        add(pairs, model.record.layers[i].diff_id, real.record.layers[i].diff_id);
        add(pairs, model.record.layers[i].chain_id, real.record.layers[i].chain_id);
    }
    return pairs;
}

trace::Event translated(const trace::Event& event, const std::vector<world::Pair>& words) {
    std::string line;
    trace::append_line(line, event);
    for (const world::Pair& word : words) {
        for (std::size_t at = line.find(word.name); at != std::string::npos; at = line.find(word.name, at)) {
            line.replace(at, word.name.size(), word.value);
            at += word.value.size();
        }
    }
    trace::Event out;
    EXPECT_EQ(trace::decode_line(line, out).problem, "") << line;
    return out;
}

}  // namespace

std::vector<trace::Event> translated(std::vector<trace::Event> events, const std::vector<world::Pair>& words) {
    for (trace::Event& event : events) {
        event = translated(event, words);
    }
    return events;
}

ModelSide::ModelSide(const world::MachineProfile& machine, const store::Image& real_image, Twist twist)
    : registry_(model::standard_images(), {model::docker_hub()}) {
    model::ModelOptions options;
    options.opening.profile = machine;
    options.opening.seed = 1;
    options.servers = {&registry_};
    auto opened = model::ModelWorld::open(files_, options);
    EXPECT_TRUE(opened) << opened.error().doing;
    model_ = std::move(*opened);
    digests_ = digests_of(fetch(model_->world(), nullptr), real_image);
    twisted_ = std::make_unique<Twisted>(model_->world(), std::move(twist));
}

ModelSide::~ModelSide() = default;

world::World& ModelSide::world() { return twisted_->world(); }

void make_network(world::World& world) {
    store::NetworkRecord mine;
    mine.id = std::string(64, 'a');
    mine.name = "mine";
    mine.subnet = "172.30.0.0/16";
    mine.gateway = "172.30.0.1";
    mine.bridge = "br-cosim";
    const Result<store::NetworkRecord> made = store::create_network(world, mine);
    EXPECT_TRUE(made) << (made ? "" : made.error().doing);
}

Told ModelSide::run(const engine::ContainerOptions& options) {
    engine::Brought brought;  // the model's kernel reads no filter: any will do
    brought.has = [](const oci::Reference&) { return false; };
    brought.compile_filter = [](const std::string& rules) -> Result<std::string> { return rules; };
    Told told = perform(twisted_->world(), world::Evidence::modelled, &brought, options);
    told.events = translated(std::move(told.events), digests_);
    return told;
}

}  // namespace cutaway::cosim
