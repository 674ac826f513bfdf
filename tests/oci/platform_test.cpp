// SPDX-License-Identifier: Apache-2.0
#include "core/oci/platform.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/oci/index.h"
#include "core/oci/media_type.h"

namespace cutaway::oci {
namespace {

TEST(Platform, many_spellings_have_one_meaning) {
    const std::vector<std::vector<std::string>> cases = {
        {"linux/amd64", "linux/amd64"},
        {"linux/x86_64", "linux/amd64"},
        {"Linux/AMD64", "linux/amd64"},
        {"linux/amd64/v1", "linux/amd64"},
        {"linux/amd64/v3", "linux/amd64/v3"},
        {"linux/arm64", "linux/arm64"},
        {"linux/arm64/v8", "linux/arm64"},
        {"linux/aarch64", "linux/arm64"},
        {"linux/arm64/v9", "linux/arm64/v9"},
        {"linux/arm", "linux/arm/v7"},
        {"linux/arm/7", "linux/arm/v7"},
        {"linux/arm/v6", "linux/arm/v6"},
        {"linux/armhf", "linux/arm/v7"},
        {"linux/armel", "linux/arm/v6"},
        {"linux/i386", "linux/386"},
        {"macos/arm64", "darwin/arm64"},
        {"arm64", "linux/arm64"},
        {"linux", "linux/amd64"},
        {"riscv64", "linux/riscv64"},
        {"windows/amd64", "windows/amd64"},
    };
    for (const std::vector<std::string>& one : cases) {
        const Result<Platform> got = parse_platform(one[0]);
        ASSERT_TRUE(got) << one[0];
        EXPECT_EQ(to_text(*got), one[1]) << one[0];
        EXPECT_EQ(normalised(*got), *got) << "normalising twice changes nothing";
    }
}

TEST(Platform, nonsense_is_refused) {
    for (const std::string text : {"", "/", "linux/", "/amd64", "linux//v8", "a/b/c/d", "linux/a b", "linux/amd64/"}) {
        EXPECT_FALSE(parse_platform(text)) << text;
    }
}

struct Match {
    const char* machine;
    const char* image;
    int rank;  // -1: does not run
};

TEST(Platform, a_machine_runs_its_own_and_older_variants) {
    const std::vector<Match> cases = {
        {"linux/amd64", "linux/amd64", 0},      {"linux/amd64", "linux/arm64", -1},
        {"linux/amd64", "linux/amd64/v2", -1},  {"linux/amd64/v3", "linux/amd64", 2},
        {"linux/arm/v7", "linux/arm/v7", 0},    {"linux/arm/v7", "linux/arm/v6", 1},
        {"linux/arm/v7", "linux/arm/v5", 2},    {"linux/arm/v6", "linux/arm/v7", -1},
        {"linux/arm/v5", "linux/arm/v6", -1},   {"linux/arm64", "linux/arm64/v8", 0},
        {"linux/arm64/v8", "linux/aarch64", 0}, {"linux/arm64", "linux/arm/v7", 2},
        {"linux/arm64/v9", "linux/arm64", 1},   {"linux/amd64", "windows/amd64", -1},
    };
    for (const Match& one : cases) {
        const auto rank = match_rank(*parse_platform(one.machine), *parse_platform(one.image));
        EXPECT_EQ(rank.has_value() ? static_cast<int>(*rank) : -1, one.rank) << one.machine << " runs " << one.image;
    }
}

Descriptor entry(const char* platform, const char* bytes) {
    Descriptor descriptor;
    descriptor.media_type = media_type::oci_manifest;
    descriptor.digest = digest_of(bytes);
    descriptor.size = 1;
    if (platform != nullptr) {
        const std::string_view text = platform;
        const std::size_t slash = text.find('/');
        descriptor.platform = Platform{std::string(text.substr(0, slash)), std::string(text.substr(slash + 1)), {}, {}};
        const std::size_t variant = descriptor.platform->architecture.find('/');
        if (variant != std::string::npos) {
            descriptor.platform->variant = descriptor.platform->architecture.substr(variant + 1);
            descriptor.platform->architecture.resize(variant);
        }
    }
    return descriptor;
}

Index index_of(std::vector<Descriptor> entries) {
    Index index;
    index.manifests = std::move(entries);
    return index;
}

TEST(Choice, explains_every_entry) {
    const Index index = index_of({entry("unknown/unknown", "att"), entry("linux/arm64/v8", "arm"),
                                  entry("linux/amd64", "first"), entry("linux/amd64", "second")});
    const Result<PlatformChoice> choice = choose_platform(index, *parse_platform("linux/amd64"));
    ASSERT_TRUE(choice);
    EXPECT_EQ(choice->chosen.digest, digest_of("first")) << "among equals the first";
    EXPECT_EQ(choice->why, "matches linux/amd64");
    ASSERT_EQ(choice->considered.size(), 4U);
    EXPECT_EQ(choice->considered[0].verdict, "skipped: an attestation about another entry, nothing to run");
    EXPECT_EQ(choice->considered[1].verdict, "skipped: for linux/arm64/v8, which linux/amd64 cannot run");
    EXPECT_EQ(choice->considered[2].verdict, "chosen: matches linux/amd64");
    EXPECT_EQ(choice->considered[3].verdict.substr(0, 8), "skipped:");
    EXPECT_EQ(choice->considered[3].digest, digest_of("second"));
}

TEST(Choice, prefers_the_better_variant_over_the_earlier_entry) {
    const Index index = index_of({entry("linux/arm/v5", "5"), entry("linux/arm/v6", "6"), entry("linux/arm/v7", "7")});
    EXPECT_EQ(choose_platform(index, *parse_platform("linux/arm/v7"))->chosen.digest, digest_of("7"));
    EXPECT_EQ(choose_platform(index, *parse_platform("linux/arm/v6"))->chosen.digest, digest_of("6"));
    EXPECT_EQ(choose_platform(index, *parse_platform("linux/arm/v8"))->chosen.digest, digest_of("7"));
    EXPECT_EQ(choose_platform(index, *parse_platform("linux/arm/v8"))->why, "linux/arm/v8 still runs linux/arm/v7");
}

TEST(Choice, fails_in_dockers_words) {
    const Index index = index_of({entry("linux/amd64", "a"), entry("unknown/unknown", "b")});
    const Result<PlatformChoice> arm = choose_platform(index, *parse_platform("linux/arm64"));
    ASSERT_FALSE(arm);
    EXPECT_EQ(arm.error().code, Errc::not_found);
    EXPECT_EQ(arm.error().doing, "no matching manifest for linux/arm64/v8 in the manifest list entries");
    const Result<PlatformChoice> s390x = choose_platform(index_of({}), *parse_platform("linux/s390x"));
    ASSERT_FALSE(s390x);
    EXPECT_EQ(s390x.error().doing, "no matching manifest for linux/s390x in the manifest list entries");
}

TEST(Choice, takes_an_entry_without_a_platform_only_for_want_of_better) {
    const Platform machine = *parse_platform("linux/amd64");
    EXPECT_EQ(choose_platform(index_of({entry(nullptr, "none"), entry("linux/amd64", "fit")}), machine)->chosen.digest,
              digest_of("fit"));
    EXPECT_EQ(choose_platform(index_of({entry(nullptr, "none"), entry("linux/arm64", "no")}), machine)->chosen.digest,
              digest_of("none"));
}

TEST(Choice, may_fall_on_a_nested_index_but_on_no_other_document) {
    Descriptor nested = entry("linux/amd64", "nested");
    nested.media_type = media_type::oci_index;
    Descriptor helm = entry("linux/amd64", "helm");
    helm.media_type = "application/vnd.cncf.helm.config.v1+json";
    Descriptor marked = entry("linux/amd64", "marked");
    marked.annotations["vnd.docker.reference.type"] = "attestation-manifest";
    const Result<PlatformChoice> choice =
        choose_platform(index_of({helm, marked, nested}), *parse_platform("linux/amd64"));
    ASSERT_TRUE(choice);
    EXPECT_EQ(choice->chosen.digest, digest_of("nested"));
    EXPECT_FALSE(choose_platform(index_of({helm, marked}), *parse_platform("linux/amd64")));
}

TEST(MediaType, says_how_a_layer_is_compressed) {
    EXPECT_EQ(compression_of(media_type::oci_layer_tar), Compression::none);
    EXPECT_EQ(compression_of(media_type::oci_layer_gzip), Compression::gzip);
    EXPECT_EQ(compression_of(media_type::oci_layer_zstd), Compression::zstd);
    EXPECT_EQ(compression_of(media_type::docker_layer_gzip), Compression::gzip);
    EXPECT_EQ(compression_of("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"), Compression::gzip);
    for (const char* other : {"", "application/json", "application/vnd.oci.image.layer.v1.tar+xz",
                              "application/vnd.oci.image.layer.v1.ta"}) {
        EXPECT_FALSE(is_layer_type(other)) << other;
    }
    EXPECT_EQ(without_parameters(" Application/JSON ; charset=utf-8"), "application/json");
    EXPECT_TRUE(is_config_type(media_type::docker_config));
    EXPECT_FALSE(is_config_type(media_type::oci_manifest));
}

}  // namespace
}  // namespace cutaway::oci
