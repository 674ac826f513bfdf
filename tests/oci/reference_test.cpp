// SPDX-License-Identifier: Apache-2.0
#include "core/oci/reference.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/oci/chain_id.h"
#include "core/oci/digest.h"
#include "core/oci/image_config.h"

namespace cutaway::oci {
namespace {

const std::string hex64(64, 'a');
const std::string sum = "sha256:" + hex64;

struct Good {
    std::string text;
    Reference meant;
    std::string familiar;
};

TEST(Reference, is_read_with_dockers_defaults) {
    const std::string id = "1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a";
    const std::vector<Good> cases = {
        {"nginx", {"docker.io", "library/nginx", "latest", ""}, "nginx:latest"},
        {"nginx:1.27", {"docker.io", "library/nginx", "1.27", ""}, "nginx:1.27"},
        {"nginx:V1_x.-y", {"docker.io", "library/nginx", "V1_x.-y", ""}, "nginx:V1_x.-y"},
        {"library/nginx", {"docker.io", "library/nginx", "latest", ""}, "nginx:latest"},
        {"docker.io/nginx", {"docker.io", "library/nginx", "latest", ""}, "nginx:latest"},
        {"index.docker.io/nginx:1", {"docker.io", "library/nginx", "1", ""}, "nginx:1"},
        {"index.docker.io/a/b", {"docker.io", "a/b", "latest", ""}, "a/b:latest"},
        {"docker/docker", {"docker.io", "docker/docker", "latest", ""}, "docker/docker:latest"},
        {"docker.io/library/foo/bar", {"docker.io", "library/foo/bar", "latest", ""}, "library/foo/bar:latest"},
        {"ghcr.io/owner/app:1.2", {"ghcr.io", "owner/app", "1.2", ""}, "ghcr.io/owner/app:1.2"},
        {"quay.io/nginx", {"quay.io", "nginx", "latest", ""}, "quay.io/nginx:latest"},
        {"localhost/x", {"localhost", "x", "latest", ""}, "localhost/x:latest"},
        {"localhost:5000/x:1", {"localhost:5000", "x", "1", ""}, "localhost:5000/x:1"},
        {"localhost:5000", {"docker.io", "library/localhost", "5000", ""}, "localhost:5000"},
        {"192.168.0.1:80", {"docker.io", "library/192.168.0.1", "80", ""}, "192.168.0.1:80"},
        {"127.0.0.1:5000/library/debian",
         {"127.0.0.1:5000", "library/debian", "latest", ""},
         "127.0.0.1:5000/library/debian:latest"},
        {"[fc00::1]:5000/docker", {"[fc00::1]:5000", "docker", "latest", ""}, "[fc00::1]:5000/docker:latest"},
        {"[fc00::1]/docker", {"[fc00::1]", "docker", "latest", ""}, "[fc00::1]/docker:latest"},
        {"Docker/docker", {"Docker", "docker", "latest", ""}, "Docker/docker:latest"},
        {"xn--n3h.com/xn--bar", {"xn--n3h.com", "xn--bar", "latest", ""}, "xn--n3h.com/xn--bar:latest"},
        {"a/b/c/d", {"docker.io", "a/b/c/d", "latest", ""}, "a/b/c/d:latest"},
        {"a__b/c-----d.e_f", {"docker.io", "a__b/c-----d.e_f", "latest", ""}, "a__b/c-----d.e_f:latest"},
        {"nginx@" + sum, {"docker.io", "library/nginx", "", sum}, "nginx@" + sum},
        {"nginx:1@" + sum, {"docker.io", "library/nginx", "1", sum}, "nginx:1@" + sum},
        {"r.io:1/n:1@" + sum, {"r.io:1", "n", "1", sum}, "r.io:1/n:1@" + sum},
        {"docker.io/" + id, {"docker.io", "library/" + id, "latest", ""}, id + ":latest"},
        {std::string(247, 'a'),
         {"docker.io", "library/" + std::string(247, 'a'), "latest", ""},
         std::string(247, 'a') + ":latest"},
        {"n:" + std::string(128, 't'),
         {"docker.io", "library/n", std::string(128, 't'), ""},
         "n:" + std::string(128, 't')},
    };
    for (const Good& one : cases) {
        const Result<Reference> got = parse_reference(one.text);
        ASSERT_TRUE(got) << one.text << ": " << got.error().doing;
        EXPECT_EQ(*got, one.meant) << one.text;
        EXPECT_EQ(familiar_name(*got), one.familiar) << one.text;
        const Result<Reference> again = parse_reference(full_name(*got));
        ASSERT_TRUE(again) << full_name(*got);
        EXPECT_EQ(*again, *got) << "the full name means the same";
    }
}

struct Bad {
    std::string text;
    std::string error;
};

TEST(Reference, is_refused_with_dockers_words) {
    const std::string format = "invalid reference format";
    const std::string upper = format + ": repository name (";
    const std::vector<Bad> cases = {
        {"", format},
        {"Nginx", upper + "library/Nginx) must be lowercase"},
        {"NGINX:latest", upper + "library/NGINX) must be lowercase"},
        {"docker/Docker", upper + "docker/Docker) must be lowercase"},
        {"docker.io/docker/Docker", upper + "docker/Docker) must be lowercase"},
        {"Nginx@" + sum, upper + "library/Nginx) must be lowercase"},
        {hex64, "invalid repository name (" + hex64 + "), cannot specify 64-byte hexadecimal strings"},
        {std::string(248, 'a'), "repository name must not be more than 255 characters"},
        {"n@sha256:" + std::string(63, 'a'), "invalid checksum digest length"},
        {"n@sha256:" + std::string(64, 'A'), "invalid checksum digest format"},
        {"n@sha384:" + std::string(96, 'a'), "unsupported digest algorithm"},
        {"n@sha256:abc", format},
        {"n@", format},
        {"n@sha256", format},
        {"n:", format},
        {":tag", format},
        {"@" + sum, format},
        {"n:" + std::string(129, 't'), format},
        {"n:-x", format},
        {"n:.x", format},
        {"a:b:c", format},
        {"n@" + sum + "@" + sum, format},
        {"https://github.com/docker/docker", format},
        {"-docker", format},
        {"-docker/docker", format},
        {"-docker.io/docker/docker", format},
        {"docker.io-/docker", format},
        {"docker///docker", format},
        {"docker.io/docker///docker", format},
        {"docker.io/", format},
        {"/nginx", format},
        {"nginx/", format},
        {"a___b", format},
        {"a._b", format},
        {"a..b", format},
        {"a_", format},
        {"_a", format},
        {"[fc00::1]", format},
        {"[fc00::1]:5000", format},
        {"fc00::1:5000/debian", format},
        {"[fe80::1%eth0]:5000/debian", format},
        {"[2001:db8:3:4::192.0.2.33]:5000/debian", format},
        {"[]/x", format},
        {"[fc00::1/x", format},
        {"host:/x", format},
        {"host:port/x", format},
        {"a..b.com/x", format},
        {"foo_bar.com/x", format},
        {"../../etc/passwd", format},
        {"user@host.com/x", format},
        {"ngi nx", format},
        {" nginx", format},
        {"nginx\n", format},
        {std::string("ng\0nx", 5), format},
        {"n\xc3\xa4mlich", format},
    };
    for (const Bad& one : cases) {
        const Result<Reference> got = parse_reference(one.text);
        ASSERT_FALSE(got) << one.text;
        EXPECT_EQ(got.error().doing, one.error) << one.text;
        EXPECT_FALSE(dissect_reference(one.text)) << one.text;
    }
}

TEST(Reference, asks_the_registry_for_the_digest_before_the_tag) {
    EXPECT_EQ(tag_or_digest(*parse_reference("nginx:1@" + sum)), sum);
    EXPECT_EQ(tag_or_digest(*parse_reference("nginx")), "latest");
    EXPECT_EQ(repository(*parse_reference("nginx")), "docker.io/library/nginx");
}

std::string roles(const ReferenceParts& parts) {
    std::string out;
    for (const ReferencePart& part : parts.parts) {
        out += (out.empty() ? "" : " ") + std::string(to_name(part.role)) + (part.given ? "=" : "~") + part.text;
    }
    return out;
}

TEST(Dissection, tells_what_was_given_from_what_was_filled_in) {
    const std::vector<std::vector<std::string>> cases = {
        {"nginx", "host~docker.io space~library/ name=nginx tag~latest"},
        {"nginx:1", "host~docker.io space~library/ name=nginx tag=1"},
        {"a/b/c", "host~docker.io space=a/b/ name=c tag~latest"},
        {"index.docker.io/nginx", "host=docker.io space~library/ name=nginx tag~latest"},
        {"ghcr.io/app:2", "host=ghcr.io name=app tag=2"},
        {"nginx@" + sum, "host~docker.io space~library/ name=nginx digest=" + sum},
        {"r:5/n:1@" + sum, "host=r:5 name=n tag=1 digest=" + sum},
    };
    for (const std::vector<std::string>& one : cases) {
        const Result<ReferenceParts> got = dissect_reference(one[0]);
        ASSERT_TRUE(got) << one[0];
        EXPECT_EQ(roles(*got), one[1]);
    }
}

TEST(Dissection, says_where_each_given_part_stands) {
    const std::string text = "ghcr.io/owner/app:1.2";
    const ReferenceParts parts = *dissect_reference(text);
    std::string joined;
    for (const ReferencePart& part : parts.parts) {
        EXPECT_TRUE(part.given);
        EXPECT_FALSE(part.why.empty());
        EXPECT_EQ(text.substr(part.start, part.size), part.text);
        joined += part.text + "|";
    }
    EXPECT_EQ(joined, "ghcr.io|owner/|app|1.2|");
}

TEST(Digest, is_validated_to_the_last_character) {
    const std::string hex128(128, '0');
    EXPECT_EQ(to_text(*parse_digest(sum)), sum);
    EXPECT_EQ(to_text(*parse_digest("sha512:" + hex128)), "sha512:" + hex128);
    const std::vector<std::string> bad = {"",
                                          ":",
                                          "sha256",
                                          "sha256:",
                                          ":" + hex64,
                                          "sha256:" + hex64 + "a",
                                          "sha512:" + hex64,
                                          "sha256:" + hex128,
                                          "SHA256:" + hex64,
                                          "md5:" + std::string(32, 'a'),
                                          "sha256:" + std::string(63, 'a') + "G",
                                          "sha256:" + std::string(63, 'a') + "A",
                                          "sha256:../" + std::string(61, 'a'),
                                          "../sha256:" + hex64,
                                          "sha256:" + std::string(63, 'a') + "\n",
                                          " " + sum};
    for (const std::string& text : bad) {
        EXPECT_FALSE(parse_digest(text)) << text;
    }
}

TEST(Digest, of_bytes_is_their_sha256) {
    EXPECT_EQ(to_text(digest_of("")), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(short_text(digest_of("")), "e3b0c44298fc");
    EXPECT_EQ(image_id("{}"), digest_of("{}"));
    EXPECT_EQ(to_text(Digest{}), "");
}

TEST(ChainId, folds_each_layer_into_what_lies_below) {
    const std::vector<Digest> layers = {digest_of("a"), digest_of("b"), digest_of("c")};
    const std::vector<Digest> chain = chain_ids(layers);
    ASSERT_EQ(chain.size(), 3U);
    EXPECT_EQ(chain[0], layers[0]) << "the lowest is its own chain";
    EXPECT_EQ(chain[1], digest_of(to_text(layers[0]) + " " + to_text(layers[1])));
    EXPECT_EQ(chain[2], digest_of(to_text(chain[1]) + " " + to_text(layers[2])));
    EXPECT_EQ(chain_id(layers), chain[2]);
    EXPECT_TRUE(chain_id({}).empty());
    EXPECT_NE(chain_id({layers[1], layers[0]}), chain[1]) << "order matters";
}

}  // namespace
}  // namespace cutaway::oci
