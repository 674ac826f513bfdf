// SPDX-License-Identifier: Apache-2.0
// The disk fails at its n-th change, for every n: whoever opens the store then finds the old state or the new one.
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "core/store/blobs.h"
#include "core/store/containers.h"
#include "core/store/images.h"
#include "core/store/names.h"
#include "core/store/networks.h"
#include "core/store/paths.h"
#include "core/store/volumes.h"
#include "tests/store/memory_world.h"

namespace cutaway::store {
namespace {

using testing::MemoryWorld;

ImageRecord image(const std::string& name) {
    ImageRecord record;
    record.id = oci::to_text(oci::digest_of(name));
    record.manifest = oci::to_text(oci::digest_of("manifest of " + name));
    record.media_type = "application/vnd.oci.image.manifest.v1+json";
    record.created = "2024-01-01T00:00:00Z";
    return record;
}

ContainerRecord container(const std::string& name) {
    ContainerRecord record;
    record.name = name;
    record.id = std::string(64, name[0]);
    return record;
}

// What a reader can see, as one text; an error if it cannot be read at all.
std::string seen(world::World& world) {
    std::string text;
    const auto containers = list_containers(world);
    const auto images = list_images(world);
    const auto volumes = list_volumes(world);
    const auto networks = list_networks(world);
    if (!containers || !images || !volumes || !networks) {
        return "unreadable";
    }
    for (const ContainerRecord& one : *containers) {
        text += "container " + one.name + " " + std::string(to_name(one.state.status)) + "\n";
    }
    for (const Image& one : *images) {
        text += "image " + one.record.id;
        for (const std::string& name : one.names) {
            text += " " + name;
        }
        text += "\n";
    }
    for (const VolumeRecord& one : *volumes) {
        text += "volume " + one.name + "\n";
    }
    for (const NetworkRecord& one : *networks) {
        text += "network " + one.name + "\n";
    }
    return text;
}

struct Case {
    std::string what;
    std::function<Status(world::World&)> change;
    std::string between;  // the one state besides old and new that is allowed, if any
};

void set_up(world::World& world) {
    ASSERT_TRUE(prepare(world));
    ASSERT_TRUE(create_container(world, container("aa")));
    ASSERT_TRUE(put_image(world, image("first"), oci::parse_reference("app").value()));
    VolumeRecord volume;
    volume.name = "data";
    ASSERT_TRUE(create_volume(world, volume));
}

template <class T>
Status status_of(const Result<T>& result) {
    return result ? Status() : Status(result.error());
}

std::vector<Case> cases() {
    std::vector<Case> all;
    all.push_back({"create a container",
                   [](world::World& world) { return status_of(create_container(world, container("bb"))); }, ""});
    all.push_back({"save a container",
                   [](world::World& world) {
                       ContainerRecord record = load_container(world, std::string(64, 'a')).value();
                       record.state.status = ContainerState::running;
                       return save_container(world, record);
                   },
                   ""});
    all.push_back({"rename a container",
                   [](world::World& world) {
                       ContainerRecord record = load_container(world, std::string(64, 'a')).value();
                       return rename_container(world, record, "cc");
                   },
                   ""});
    all.push_back({"remove a container",
                   [](world::World& world) {
                       return remove_container(world, load_container(world, std::string(64, 'a')).value());
                   },
                   ""});
    const std::string second = oci::to_text(oci::digest_of("second"));
    const std::string first = oci::to_text(oci::digest_of("first"));
    const std::string rest = "volume data\n";
    const std::string named_first = "image " + first + " docker.io/library/app:latest\n";
    all.push_back(
        {"move a name to a new image",
         [](world::World& world) { return put_image(world, image("second"), oci::parse_reference("app").value()); },
         "container aa created\n" +
             (second < first ? "image " + second + "\n" + named_first : named_first + "image " + second + "\n") +
             rest});
    all.push_back({"remove an image",
                   [](world::World& world) { return status_of(remove_image(world, "app", Force::no)); },
                   "container aa created\nimage " + first + "\n" + rest});
    all.push_back({"create a volume",
                   [](world::World& world) {
                       VolumeRecord volume;
                       volume.name = "more";
                       return status_of(create_volume(world, volume));
                   },
                   ""});
    all.push_back({"remove a volume", [](world::World& world) { return remove_volume(world, "data"); }, ""});
    all.push_back({"create a network",
                   [](world::World& world) {
                       NetworkRecord network;
                       network.name = "net";
                       return status_of(create_network(world, network));
                   },
                   ""});
    return all;
}

TEST(Crash, AfterAFaultAtAnyChangeAReaderSeesTheOldStateOrTheNewOne) {
    for (const Case& one : cases()) {
        MemoryWorld whole;
        set_up(whole.world());
        const std::string before = seen(whole.world());
        const int changes_before = whole.disk.changes;
        ASSERT_TRUE(one.change(whole.world())) << one.what;
        const int steps = whole.disk.changes - changes_before;
        const std::string after = seen(whole.world());
        EXPECT_NE(before, after) << one.what;
        EXPECT_GT(steps, 0);
        for (int step = 0; step < steps; ++step) {
            MemoryWorld memory;
            set_up(memory.world());
            memory.disk.changes_left = step;
            EXPECT_FALSE(one.change(memory.world())) << one.what << " at change " << step;
            memory.disk.changes_left = -1;
            const std::string now = seen(memory.world());
            EXPECT_TRUE(now == before || now == after || (!one.between.empty() && now == one.between))
                << one.what << " at change " << step << " left\n"
                << now << "instead of\n"
                << before << "or\n"
                << after;
            EXPECT_FALSE(memory.disk.locked);
        }
    }
}

TEST(Crash, TheNextContainerSweepsAwayTheFoldersOfThoseWithoutARecord) {
    MemoryWorld memory;
    world::World& world = memory.world();
    set_up(world);
    const std::string half(64, 'd');
    const std::string gone = world.machine.run_root + "/containers/" + std::string(64, 'e');
    const std::string kept = world.machine.run_root + "/containers/" + std::string(64, 'a');
    ASSERT_TRUE(world.disk.make_dir(container_upper(world, half), 0755));
    ASSERT_TRUE(world.disk.save(gone + "/state", "x", world::Durability::runtime));
    ASSERT_TRUE(world.disk.save(kept + "/state", "x", world::Durability::runtime));
    ASSERT_TRUE(create_container(world, container("bb")));
    EXPECT_FALSE(world.disk.stat(container_dir(world, half)));
    EXPECT_FALSE(world.disk.stat(gone));
    EXPECT_TRUE(world.disk.stat(kept + "/state"));
    EXPECT_TRUE(world.disk.stat(container_dir(world, std::string(64, 'a'))));
    EXPECT_EQ(list_containers(world)->size(), 2U);
}

// Killed inside `rmi`, a layer must not look whole to the next pull, which would take it for one that it has.
TEST(Crash, ALayerThatGoesIsWholeOrHasNoNameAtEveryChange) {
    const std::string chain = oci::to_text(oci::digest_of("a stack"));
    ImageRecord stacked = image("stacked");
    stacked.layers.push_back({});
    stacked.layers.back().chain_id = chain;
    stacked.layers.back().digest = oci::to_text(oci::digest_of("a layer"));
    int steps = 0;
    for (bool done = false; !done; ++steps) {
        MemoryWorld memory;
        world::World& world = memory.world();
        set_up(world);
        ASSERT_TRUE(put_image(world, stacked, oci::parse_reference("stacked").value()));
        const std::string folder = layer_dir(world, oci::parse_digest(chain).value());
        for (const char* name : {"/fs/a", "/index.jsonl", "/layer.json"}) {
            memory.disk.put(folder + name, "x");
        }
        memory.disk.changes_left = steps;
        done = remove_image(world, "stacked", Force::no).has_value();
        EXPECT_EQ(memory.disk.has(folder + "/layer.json"), memory.disk.has(folder + "/fs/a")) << "at change " << steps;
        EXPECT_TRUE(!done || !memory.disk.has(folder));
    }
    EXPECT_GT(steps, 5);
}

TEST(Crash, ABlobIsWholeOrAbsentAtEveryChange) {
    const std::string bytes(1000, 'x');
    oci::Descriptor expected;
    expected.digest = oci::digest_of(bytes);
    expected.size = 1000;
    for (int step = 0; step < 2; ++step) {
        MemoryWorld memory;
        memory.disk.changes_left = step;
        EXPECT_FALSE(put_blob(memory.world(), expected, bytes, ""));
        EXPECT_FALSE(has_blob(memory.world(), expected.digest).value());
        memory.disk.changes_left = -1;
        EXPECT_TRUE(put_blob(memory.world(), expected, bytes, ""));
        EXPECT_EQ(read_blob(memory.world(), expected.digest).value(), bytes);
    }
}

}  // namespace
}  // namespace cutaway::store
