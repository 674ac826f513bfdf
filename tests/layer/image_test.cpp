// SPDX-License-Identifier: Apache-2.0
// The images that Cutaway brings along: true digests all the way down, the layers of the curriculum, the same bytes
// every time; and recipes that are wrong.
#include <set>

#include <gtest/gtest.h>

#include "core/layer/image_maker.h"
#include "core/layer/unpack.h"
#include "core/model/image_pack.h"
#include "core/oci/codec.h"
#include "tests/store/memory_world.h"

namespace cutaway::layer {
namespace {

using model::ImagePack;
using testing::MemoryWorld;
using testing::StringSource;

std::string bytes_of(const std::string& repository, const oci::Digest& digest) {
    const auto bytes = model::standard_images().bytes_of(repository, oci::to_text(digest));
    return bytes.has_value() ? std::string(*bytes) : "absent";
}

oci::Index index_of(const std::string& repository, const std::string& tag) {
    const auto digest = model::standard_images().digest_of_tag(repository, tag);
    const std::string bytes = bytes_of(repository, oci::parse_digest(digest.value_or("")).value_or({}));
    return std::get<oci::Index>(oci::parse_manifest_or_index(bytes, "").value());
}

oci::Manifest manifest_of(const std::string& repository, const oci::Descriptor& entry) {
    return std::get<oci::Manifest>(oci::parse_manifest_or_index(bytes_of(repository, entry.digest), "").value());
}

void check_descriptor(const std::string& repository, const oci::Descriptor& descriptor) {
    const std::string bytes = bytes_of(repository, descriptor.digest);
    EXPECT_EQ(oci::digest_of(bytes), descriptor.digest) << repository;
    EXPECT_EQ(static_cast<std::int64_t>(bytes.size()), descriptor.size) << repository;
}

void check_image(const std::string& repository, const oci::Descriptor& entry) {
    check_descriptor(repository, entry);
    const oci::Manifest manifest = manifest_of(repository, entry);
    check_descriptor(repository, manifest.config);
    const auto config = oci::parse_image_config(bytes_of(repository, manifest.config.digest));
    ASSERT_TRUE(config) << config.error().doing;
    EXPECT_TRUE(oci::check_config_matches(manifest, *config));
    EXPECT_EQ(oci::platform_of(*config), oci::normalised(*entry.platform));
    for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
        check_descriptor(repository, manifest.layers[i]);
        MemoryWorld memory;
        UnpackJob job;
        job.digest = manifest.layers[i].digest;
        job.diff_id = config->diff_ids[i];
        job.into = "/l/fs";
        StringSource blob(bytes_of(repository, job.digest));
        const Result<Unpacked> unpacked = unpack_layer(memory.world(), job, blob);
        EXPECT_TRUE(unpacked) << repository << " layer " << i << ": " << unpacked.error().doing;
    }
}

TEST(StandardImages, AreWhatTheirDigestsSayAndUnpack) {
    const ImagePack& pack = model::standard_images();
    EXPECT_GE(pack.repositories().size(), 8U);
    for (const std::string& repository : pack.repositories()) {
        for (const std::string& tag : pack.tags(repository)) {
            const oci::Index index = index_of(repository, tag);
            ASSERT_EQ(index.manifests.size(), 2U) << repository << ":" << tag;
            for (const oci::Descriptor& entry : index.manifests) {
                check_image(repository, entry);
            }
            EXPECT_NE(index.manifests[0].digest, index.manifests[1].digest);
        }
    }
}

TEST(StandardImages, HaveTheLayersOfTheCurriculum) {
    struct Case {
        std::string repository;
        std::string tag;
        std::size_t layers;
    };
    const std::vector<Case> cases{
        {"library/nginx", "latest", 7},      {"library/nginx", "1.25", 7},        {"library/nginx", "alpine", 8},
        {"library/nginx", "1.27-alpine", 8}, {"library/nginx", "1.25-alpine", 8}, {"library/alpine", "latest", 1},
        {"library/alpine", "3.20", 1},       {"library/ubuntu", "22.04", 1},      {"library/ubuntu", "latest", 1},
        {"library/busybox", "latest", 1},    {"library/python", "3.12-slim", 4},  {"library/redis", "7-alpine", 8},
        {"library/node", "22-alpine", 4},    {"lab/hello", "latest", 1},
    };
    for (const Case& one : cases) {
        const std::string repository = "docker.io/" + one.repository;
        const oci::Manifest manifest = manifest_of(repository, index_of(repository, one.tag).manifests.at(0));
        EXPECT_EQ(manifest.layers.size(), one.layers) << one.repository << ":" << one.tag;
    }
}

TEST(StandardImages, NginxRunsItsEntrypointAndSharesDebianWithPython) {
    const std::string nginx = "docker.io/library/nginx";
    const oci::Manifest manifest = manifest_of(nginx, index_of(nginx, "latest").manifests.at(0));
    const oci::ImageConfig config = oci::parse_image_config(bytes_of(nginx, manifest.config.digest)).value();
    EXPECT_EQ(config.config.entrypoint, std::vector<std::string>{"/docker-entrypoint.sh"});
    EXPECT_EQ(config.config.cmd, (std::vector<std::string>{"nginx", "-g", "daemon off;"}));
    EXPECT_EQ(config.config.exposed_ports, std::vector<std::string>{"80/tcp"});
    EXPECT_EQ(config.config.stop_signal, "SIGQUIT");
    const std::string python = "docker.io/library/python";
    const oci::Manifest other = manifest_of(python, index_of(python, "3.12-slim").manifests.at(0));
    EXPECT_EQ(oci::to_text(other.layers.at(0).digest), oci::to_text(manifest.layers.at(0).digest));
    EXPECT_NE(oci::to_text(other.layers.at(1).digest), oci::to_text(manifest.layers.at(1).digest));
    EXPECT_GT(std::stoull(manifest.annotations.at("cutaway.published-size")), 100'000'000U);
}

TEST(StandardImages, WhatIsNotThereIsAbsent) {
    const ImagePack& pack = model::standard_images();
    EXPECT_FALSE(pack.has_repository("docker.io/library/ngin"));
    EXPECT_FALSE(pack.has_repository(""));
    EXPECT_FALSE(pack.digest_of_tag("docker.io/library/nginx", "missing").has_value());
    EXPECT_FALSE(pack.bytes_of("docker.io/library/alpine", *pack.digest_of_tag("docker.io/library/nginx", "latest")));
    for (const char* bad : {"", "cutaway images 2\n\n", "cutaway images 1\n", "rubbish"}) {
        EXPECT_TRUE(ImagePack(bad).repositories().empty()) << bad;
    }
    const ImagePack lying(
        "cutaway images 1\nrepository r\nblob sha256:1 5 10\nblob sha256:2 99 1\nblob sha256:3 2 3\n\nabcde");
    EXPECT_FALSE(lying.bytes_of("r", "sha256:1").has_value());
    EXPECT_FALSE(lying.bytes_of("r", "sha256:2").has_value());
    EXPECT_EQ(lying.bytes_of("r", "sha256:3"), "cde");
}

Result<std::string> make(const std::string& recipe) {
    ImageMaker maker({{"x", recipe}}, [](const std::string& path) -> Result<std::string> {
        return path == "there" ? Result<std::string>("text") : fail(Errc::not_found, path + " cannot be read");
    });
    TRY(maker.make("x"));
    return maker.pack();
}

std::string recipe_with(const std::string& entries) {
    return R"({"repository":"r","tags":["t"],"platforms":["linux/amd64"],"created":"2024-01-01T00:00:00Z","steps":[)"
           R"({"by":"COPY","entries":[)" +
           entries + "]}]}";
}

TEST(Recipe, TheSameOneGivesTheSamePack) {
    const std::string recipe = recipe_with(R"({"path":"a/b","text":["x","@arch@"]},{"path":"c","file":"there"},
        {"path":"d","whiteout":true},{"in":"bin","programs":["ls"]},{"path":"e","hardlink":"c"})");
    const Result<std::string> pack = make(recipe);
    ASSERT_TRUE(pack) << pack.error().doing;
    EXPECT_EQ(*pack, *make(recipe));
    EXPECT_NE(*pack, *make(recipe_with(R"({"path":"a/b","text":"x"})")));
}

TEST(Recipe, AMistakeIsTold) {
    for (const char* bad : {R"({"path":"x"})", R"({"path":"x","file":"missing"})", R"({"path":"x","text":5})",
                            R"({"path":"x","text":"x","mode":"rwx"})", R"({"in":"bin","applets":["ls"]})", "5", "{"}) {
        EXPECT_FALSE(make(recipe_with(bad))) << bad;
    }
    EXPECT_FALSE(make("{}"));
    EXPECT_FALSE(make(R"({"repository":"r","base":"nowhere","created":"2024-01-01T00:00:00Z","steps":[]})"));
}

}  // namespace
}  // namespace cutaway::layer
