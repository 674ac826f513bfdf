// SPDX-License-Identifier: Apache-2.0
// Blobs that lie, names that move, images that share layers, and what `rmi` takes with it.
#include <gtest/gtest.h>

#include "core/oci/codec.h"
#include "core/store/blobs.h"
#include "core/store/containers.h"
#include "core/store/images.h"
#include "core/store/names.h"
#include "core/store/paths.h"
#include "tests/store/memory_world.h"

namespace cutaway::store {
namespace {

using testing::MemoryWorld;

std::string sum(const std::string& text) { return oci::to_text(oci::digest_of(text)); }

oci::Reference reference(const std::string& text) { return oci::parse_reference(text).value(); }

// An image of layers named by letters: "ab" has a, and b on top of it. Blobs and layer directories included.
ImageRecord image_of(MemoryWorld& memory, const std::string& letters) {
    world::World& world = memory.world();
    ImageRecord record;
    record.id = sum("config " + letters);
    record.manifest = sum("manifest " + letters);
    record.media_type = "application/vnd.oci.image.manifest.v1+json";
    record.manifest_size = 10;
    record.created = "2024-01-01T00:00:00Z";
    record.pulled_as = {"docker.io/library/" + letters + "@" + sum("index " + letters)};
    for (const char* what : {"config ", "manifest ", "index "}) {
        memory.disk.put(blob_path(world, oci::digest_of(what + letters)), what + letters);
    }
    for (std::size_t i = 0; i < letters.size(); ++i) {
        ImageLayer layer;
        const std::string own(1, letters[i]);
        layer.digest = sum("blob " + own);
        layer.diff_id = sum("tar " + own);
        layer.chain_id = sum("chain " + letters.substr(0, i + 1));
        layer.unpacked = 100;
        memory.disk.put(blob_path(world, oci::digest_of("blob " + own)), own);
        memory.disk.put(layer_dir(world, oci::digest_of("chain " + letters.substr(0, i + 1))) + "/layer.json", "{}");
        record.layers.push_back(layer);
    }
    return record;
}

bool has_blob_of(MemoryWorld& memory, const std::string& text) {
    return has_blob(memory.world(), oci::digest_of(text)).value();
}

bool has_chain(MemoryWorld& memory, const std::string& letters) {
    return memory.disk.has(layer_dir(memory.world(), oci::digest_of("chain " + letters)));
}

TEST(Blobs, OnlyWhatMatchesIsKept) {
    struct Case {
        std::string bytes;
        std::int64_t size;
        std::string part;  // of the error; empty: none
    };
    const std::string good = "the bytes";
    const std::vector<Case> cases{
        {good, 9, ""},
        {good, 0, ""},
        {"the bites", 9, "layer does not match its digest: expected " + sum(good) + ", computed " + sum("the bites")},
        {"the byte", 9, "layer ended after 8 of 9 bytes"},
        {"the bytes!", 9, "layer is longer than the 9 bytes its descriptor promises"},
    };
    for (const Case& one : cases) {
        MemoryWorld memory;
        oci::Descriptor expected;
        expected.digest = oci::digest_of(good);
        expected.size = one.size;
        const Status put = put_blob(memory.world(), expected, one.bytes, "layer");
        EXPECT_EQ(put.has_value(), one.part.empty()) << one.bytes;
        EXPECT_EQ(put ? "" : put.error().doing, one.part);
        EXPECT_EQ(has_blob_of(memory, good), one.part.empty());
        EXPECT_EQ(memory.disk.files.size() > 0, one.part.empty()) << "nothing else is left";
    }
}

TEST(Blobs, AComparisonIsNarratedWithBothDigests) {
    MemoryWorld memory;
    oci::Descriptor expected;
    expected.digest = oci::digest_of("x");
    EXPECT_FALSE(put_blob(memory.world(), expected, "y", "config"));
    const auto notes = memory.narrator.all<world::DigestChecked>();
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_EQ(notes[0], (world::DigestChecked{"config", sum("x"), sum("y"), false}));
}

TEST(Blobs, AStoredBlobThatRottedIsNotHandedOut) {
    MemoryWorld memory;
    memory.disk.put(blob_path(memory.world(), oci::digest_of("x")), "rot");
    EXPECT_NE(read_blob(memory.world(), oci::digest_of("x")).error().doing.find("stored blob does not match"),
              std::string::npos);
}

TEST(Images, AreFoundByEveryNameTheyHave) {
    MemoryWorld memory;
    world::World& world = memory.world();
    const ImageRecord ab = image_of(memory, "ab");
    ASSERT_TRUE(put_image(world, ab, reference("ab:1")));
    for (const std::string& wanted :
         {std::string("ab:1"), std::string("docker.io/library/ab:1"), ab.id, ab.id.substr(7), ab.id.substr(7, 6),
          ab.id.substr(0, 14), "ab@" + sum("index ab")}) {
        const Result<Image> found = find_image(world, wanted);
        ASSERT_TRUE(found) << wanted << ": " << found.error().doing;
        EXPECT_EQ(found->record.id, ab.id);
        EXPECT_EQ(found->names, std::vector<std::string>{"docker.io/library/ab:1"});
    }
    for (const char* absent : {"ab", "ab:2", "other", "sha256:00"}) {
        EXPECT_EQ(find_image(world, absent).error().code, Errc::not_found) << absent;
    }
    EXPECT_EQ(find_image(world, "ab").error().doing, "No such image: ab:latest");
    EXPECT_EQ(size_of(ab), 200U);
}

TEST(Images, TheDataRootIsAnOciLayoutWithTheNamesInIt) {
    MemoryWorld memory;
    world::World& world = memory.world();
    ASSERT_TRUE(prepare(world));
    ASSERT_TRUE(put_image(world, image_of(memory, "a"), reference("a")));
    EXPECT_EQ(memory.disk.files["/var/lib/cutaway/oci-layout"].bytes, "{\"imageLayoutVersion\":\"1.0.0\"}");
    const auto document = oci::parse_manifest_or_index(memory.disk.files[index_path(world)].bytes, "");
    ASSERT_TRUE(document);
    const oci::Descriptor& entry = std::get<oci::Index>(*document).manifests.at(0);
    EXPECT_EQ(oci::to_text(entry.digest), sum("manifest a"));
    EXPECT_EQ(entry.annotations.at("io.containerd.image.name"), "docker.io/library/a:latest");
    EXPECT_EQ(entry.annotations.at("org.opencontainers.image.ref.name"), "latest");
}

TEST(Images, ANameMovesAndTheOldImageIsNarratedWithoutIt) {
    MemoryWorld memory;
    world::World& world = memory.world();
    const ImageRecord old = image_of(memory, "a");
    ASSERT_TRUE(put_image(world, old, reference("app")));
    ASSERT_TRUE(put_image(world, image_of(memory, "ab"), reference("app")));
    EXPECT_EQ(find_image(world, "app")->record.id, sum("config ab"));
    EXPECT_TRUE(find_image(world, old.id)->names.empty());
    const auto notes = memory.narrator.all<world::ImageKnown>();
    ASSERT_EQ(notes.size(), 3U);
    EXPECT_EQ(notes[1].id, old.id);
    EXPECT_TRUE(notes[1].names.empty());
}

TEST(Images, RemovalTakesOnlyWhatNobodyElseNeeds) {
    MemoryWorld memory;
    world::World& world = memory.world();
    ASSERT_TRUE(put_image(world, image_of(memory, "ab"), reference("ab")));
    ASSERT_TRUE(put_image(world, image_of(memory, "ac"), reference("ac")));
    const Result<ImageRemoval> first = remove_image(world, "ab", Force::no);
    ASSERT_TRUE(first) << first.error().doing;
    EXPECT_EQ(first->untagged, (std::vector<std::string>{"ab:latest", "ab@" + sum("index ab")}));
    EXPECT_EQ(first->deleted, (std::vector<std::string>{sum("config ab"), sum("chain ab")}));
    EXPECT_TRUE(has_chain(memory, "a"));
    EXPECT_FALSE(has_chain(memory, "ab"));
    EXPECT_TRUE(has_blob_of(memory, "blob a"));
    for (const char* gone : {"blob b", "manifest ab", "config ab", "index ab"}) {
        EXPECT_FALSE(has_blob_of(memory, gone)) << gone;
    }
    EXPECT_EQ(memory.narrator.all<world::ImageForgotten>()[0].layers, std::vector<std::string>{sum("tar b")});
    ASSERT_TRUE(remove_image(world, "ac", Force::no));
    for (const auto& [path, file] : memory.disk.files) {
        EXPECT_TRUE(file.info.type == world::FileType::directory || path == index_path(world)) << path << " is left";
    }
}

TEST(Images, OneOfTwoNamesIsOnlyUntagged) {
    MemoryWorld memory;
    world::World& world = memory.world();
    ASSERT_TRUE(put_image(world, image_of(memory, "a"), reference("a:1")));
    ASSERT_TRUE(tag_image(world, "a:1", reference("b:2")));
    EXPECT_EQ(remove_image(world, sum("config a"), Force::no).error().doing,
              "conflict: unable to delete " + sum("config a").substr(7, 12) +
                  " (must be forced) - image is referenced in multiple repositories");
    const Result<ImageRemoval> removal = remove_image(world, "a:1", Force::no);
    ASSERT_TRUE(removal);
    EXPECT_EQ(removal->untagged, std::vector<std::string>{"a:1"});
    EXPECT_TRUE(removal->deleted.empty());
    EXPECT_TRUE(find_image(world, "b:2"));
}

TEST(Images, AContainersImageIsKeptAsDockerKeepsIt) {
    const std::string id = sum("config a").substr(7, 12);
    struct Case {
        ContainerState state;
        Force force;
        bool by_name;
        std::string refusal;  // with the container's short id for $
        bool deleted;
    };
    const std::vector<Case> cases{
        {ContainerState::exited, Force::no, true,
         "conflict: unable to remove repository reference \"a:latest\" (must force) - container $ is using its "
         "referenced image " +
             id,
         false},
        {ContainerState::exited, Force::no, false,
         "conflict: unable to delete " + id + " (must be forced) - image is being used by stopped container $", false},
        {ContainerState::running, Force::no, false,
         "conflict: unable to delete " + id + " (cannot be forced) - image is being used by running container $",
         false},
        {ContainerState::running, Force::yes, false,
         "conflict: unable to delete " + id + " (cannot be forced) - image is being used by running container $",
         false},
        {ContainerState::exited, Force::yes, false, "", true},
        {ContainerState::exited, Force::yes, true, "", true},
        {ContainerState::running, Force::yes, true, "", false},
    };
    for (const Case& one : cases) {
        MemoryWorld memory;
        world::World& world = memory.world();
        ASSERT_TRUE(put_image(world, image_of(memory, "a"), reference("a")));
        ContainerRecord user;
        user.name = "user";
        user.image_id = sum("config a");
        user.chain_ids = {sum("chain a")};
        user.state.status = one.state;
        user = create_container(world, user).value();
        const Result<ImageRemoval> removal = remove_image(world, one.by_name ? "a" : id, one.force);
        std::string refusal = one.refusal;
        if (const auto at = refusal.find('$'); at != std::string::npos) {
            refusal.replace(at, 1, user.id.substr(0, 12));
        }
        EXPECT_EQ(removal ? "" : removal.error().doing, refusal);
        EXPECT_EQ(find_image(world, id).has_value(), !one.deleted) << one.refusal;
        EXPECT_TRUE(has_chain(memory, "a")) << "a container stands on it";
    }
}

}  // namespace
}  // namespace cutaway::store
