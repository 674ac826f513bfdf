// SPDX-License-Identifier: Apache-2.0
#include "core/oci/codec.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/binary.h"
#include "core/base/json_codec.h"
#include "core/oci/media_type.h"

namespace cutaway::oci {
namespace {

const std::string sum_a = "sha256:" + std::string(64, 'a');
const std::string sum_b = "sha256:" + std::string(64, 'b');

std::string descriptor(const std::string& type, const std::string& more = "") {
    return R"({"mediaType":")" + type + R"(","digest":")" + sum_a + R"(","size":7)" + more + "}";
}

const std::string oci_manifest_type(media_type::oci_manifest);
const std::string oci_index_type(media_type::oci_index);
const std::string config_part = R"("config":)" + descriptor(std::string(media_type::oci_config));
const std::string layers_part = R"("layers":[)" + descriptor(std::string(media_type::oci_layer_gzip)) + "]";
const std::string manifests_part =
    R"("manifests":[)" + descriptor(oci_manifest_type, R"(,"platform":{"os":"linux","architecture":"amd64"})") + "]";
const std::string manifest_text =
    R"({"schemaVersion":2,"mediaType":")" + oci_manifest_type + "\"," + config_part + "," + layers_part + "}";
const std::string index_text = R"({"schemaVersion":2,"mediaType":")" + oci_index_type + "\"," + manifests_part + "}";

std::string refusal(const std::string& text, const std::string& type = "") {
    const Result<Document> got = parse_manifest_or_index(text, type);
    return got ? "accepted" : got.error().doing;
}

TEST(Codec, reads_a_manifest_and_writes_the_same_bytes) {
    const Result<Document> got = parse_manifest_or_index(manifest_text, oci_manifest_type + "; charset=utf-8");
    ASSERT_TRUE(got) << got.error().doing;
    const Manifest& manifest = std::get<Manifest>(*got);
    EXPECT_EQ(manifest.config.media_type, media_type::oci_config);
    ASSERT_EQ(manifest.layers.size(), 1U);
    EXPECT_EQ(to_text(manifest.layers[0].digest), sum_a);
    EXPECT_EQ(manifest.layers[0].size, 7);
    EXPECT_EQ(to_json(manifest), manifest_text);
}

TEST(Codec, reads_an_index_and_writes_it_again) {
    const Result<Document> got = parse_manifest_or_index(index_text, oci_index_type);
    ASSERT_TRUE(got) << got.error().doing;
    const Index& index = std::get<Index>(*got);
    ASSERT_EQ(index.manifests.size(), 1U);
    EXPECT_EQ(to_text(*index.manifests[0].platform), "linux/amd64");
    const Result<Document> again = parse_manifest_or_index(to_json(index), "");
    ASSERT_TRUE(again);
    EXPECT_EQ(std::get<Index>(*again), index);
}

TEST(Codec, takes_the_type_from_whoever_names_it) {
    const std::string bare = R"({"schemaVersion":2,)" + config_part + "," + layers_part + "}";
    EXPECT_EQ(std::get<Manifest>(*parse_manifest_or_index(bare, media_type::docker_manifest)).media_type,
              media_type::docker_manifest);
    EXPECT_EQ(std::get<Manifest>(*parse_manifest_or_index(bare, "")).media_type, media_type::oci_manifest);
    const std::string bare_index = R"({"schemaVersion":2,)" + manifests_part + "}";
    EXPECT_EQ(std::get<Index>(*parse_manifest_or_index(bare_index, "application/json")).media_type,
              media_type::oci_index);
    EXPECT_TRUE(parse_manifest_or_index(index_text, "application/json"));
}

TEST(Codec, keeps_subject_annotations_urls_and_unicode) {
    Manifest manifest;
    manifest.media_type = oci_manifest_type;
    manifest.artifact_type = "application/x";
    manifest.config = {oci_manifest_type, *parse_digest(sum_a), 3, {}, {}, {}, {}};
    manifest.layers = {
        {"t", *parse_digest(sum_b), 0, Platform{"windows", "amd64", "", "10.0.1"}, {"u"}, {{"k", "v"}}, "a"}};
    manifest.subject = manifest.config;
    manifest.annotations = {{"z", "\xc3\xa9\"\n"}, {"a", ""}};
    const Result<Document> got = parse_manifest_or_index(to_json(manifest), "");
    ASSERT_TRUE(got) << got.error().doing;
    EXPECT_EQ(std::get<Manifest>(*got), manifest);
}

TEST(Codec, refuses_a_document_that_could_be_two_things) {
    const std::string head = R"({"schemaVersion":2,)";
    const std::string both = head + manifests_part + "," + config_part + "," + layers_part + "}";
    for (const std::string& type : {std::string(), oci_manifest_type, oci_index_type}) {
        EXPECT_EQ(refusal(both, type), "ambiguous document: it has both manifests and layers") << type;
    }
    EXPECT_EQ(refusal(head + manifests_part + R"(,"layers":null})"),
              "ambiguous document: it has both manifests and layers");
    EXPECT_EQ(refusal(head + manifests_part + R"(,"fsLayers":[]})"),
              "ambiguous document: it has both manifests and fsLayers");
    EXPECT_EQ(refusal(head + manifests_part + R"(,"Layers":[]})"), R"(the key "Layers" can be taken for "layers")");
    EXPECT_EQ(refusal(head + manifests_part + "}", oci_manifest_type),
              "manifest: the document is said to be a manifest but lists manifests");
    EXPECT_EQ(refusal(head + config_part + "," + layers_part + "}", oci_index_type),
              "index: the document is said to be an index but has layers");
}

TEST(Codec, refuses_a_type_that_disagrees_with_the_content_type) {
    EXPECT_EQ(
        refusal(manifest_text, std::string(media_type::docker_manifest)),
        "mediaType " + oci_manifest_type + " disagrees with Content-Type " + std::string(media_type::docker_manifest));
    EXPECT_NE(refusal(index_text, oci_manifest_type), "accepted");
    EXPECT_EQ(refusal(R"({"schemaVersion":2})", "text/html"),
              "the type text/html is neither an image manifest nor an index");
}

TEST(Codec, names_schema_1_when_refusing_it) {
    const std::string schema1 = R"({"schemaVersion":1,"name":"a","tag":"b","fsLayers":[],"history":[]})";
    for (const std::string& type : {std::string(), std::string(media_type::docker_schema1_signed)}) {
        const Result<Document> got = parse_manifest_or_index(schema1, type);
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().code, Errc::unsupported);
        EXPECT_NE(got.error().doing.find("schema 1 is not supported"), std::string::npos) << got.error().doing;
    }
    EXPECT_EQ(refusal(R"({"schemaVersion":3,"manifests":[]})"), "schemaVersion is 3, not 2");
    EXPECT_EQ(refusal(R"({"manifests":[]})"), "schemaVersion is 0, not 2");
}

struct Hostile {
    std::string text;
    std::string error;
};

std::string with_layer(const std::string& layer) {
    return R"({"schemaVersion":2,)" + config_part + R"(,"layers":[)" + layer + "]}";
}

TEST(Codec, refuses_malformed_documents_and_says_where) {
    const std::string layer = "manifest: layers[0]: ";
    const std::vector<Hostile> cases = {
        {"", "not JSON from byte 1 on"},
        {"[]", "the document is not a JSON object"},
        {"null", "the document is not a JSON object"},
        {"{", "not JSON from byte 2 on"},
        {manifest_text + "x", "not JSON from byte " + std::to_string(manifest_text.size() + 1) + " on"},
        {manifest_text + std::string("\0{}", 3), "the document holds a NUL byte"},
        {"{\"a\":\"\xff\"}", "not JSON from byte 7 on"},
        {R"({"schemaVersion":1e999})", "not JSON that can be held, such as a number out of range"},
        {R"({"schemaVersion":2,"schemaVersion":2})", R"(the key "schemaVersion" appears twice)"},
        {R"({"schemaVersion":2,"\u0061":1,"a":2})", R"(the key "a" appears twice)"},
        {R"({"schemaVersion":2,"x":[{"b":{}},{"b":1,"b":2}]})", R"(the key "b" appears twice)"},
        {R"({"schemaVersion":"2","manifests":[]})", "schemaVersion is not a whole number"},
        {R"({"schemaVersion":2,"mediaType":5})", "mediaType is not a text"},
        {R"({"schemaVersion":2,"manifests":{}})", "index: manifests is not a list"},
        {R"({"schemaVersion":2,"layers":[]})", "manifest: there is no config"},
        {R"({"schemaVersion":2,)" + config_part + "}", "manifest: there is no layers"},
        {with_layer("7"), layer + "the descriptor is not an object"},
        {with_layer("{}"), layer + "digest: invalid checksum digest format"},
        {with_layer(R"({"mediaType":"t","size":1,"digest":"sha256:../../../../etc/passwd"})"),
         layer + "digest: invalid checksum digest length"},
        {with_layer(R"({"mediaType":"t","size":1,"digest":")" + sum_a + R"(","urls":"x"})"),
         layer + "urls is not a list"},
        {with_layer(R"({"mediaType":"t","size":-1,"digest":")" + sum_a + "\"}"), layer + "the size -1 is negative"},
        {with_layer(R"({"mediaType":"t","size":1.5,"digest":")" + sum_a + "\"}"), layer + "size is not a whole number"},
        {with_layer(R"({"mediaType":"t","size":9223372036854775808,"digest":")" + sum_a + "\"}"),
         layer + "size is not a whole number"},
        {with_layer(R"({"mediaType":"t","digest":")" + sum_a + "\"}"), layer + "there is no size"},
        {with_layer(R"({"size":1,"digest":")" + sum_a + "\"}"), layer + "there is no mediaType"},
        {with_layer(descriptor("t", R"(,"annotations":{"a":1})")), layer + "annotations.a is not a text"},
        {with_layer(descriptor("t", R"(,"platform":"linux")")), layer + "platform is not an object"},
    };
    for (const Hostile& one : cases) {
        EXPECT_EQ(refusal(one.text), one.error) << one.text;
    }
}

TEST(Codec, refuses_depth_and_size_before_they_cost) {
    const auto nested = [](int levels) {
        const auto count = static_cast<std::size_t>(levels);
        return R"({"schemaVersion":2,"manifests":[],"x":)" + std::string(count, '[') + std::string(count, ']') + "}";
    };
    EXPECT_EQ(refusal(nested(max_document_depth - 1)), "accepted");
    EXPECT_EQ(refusal(nested(max_document_depth)), "nested deeper than 32 levels");
    EXPECT_EQ(refusal(nested(1000000)), "nested deeper than 32 levels");
    const std::string small = R"({"schemaVersion":2,"manifests":[]})";
    EXPECT_EQ(refusal(small + std::string(max_document_bytes - small.size(), ' ')), "accepted");
    EXPECT_EQ(refusal(small + std::string(max_document_bytes - small.size() + 1, ' ')),
              "the document has more than 4 MiB");
}

const std::string config_text =
    R"({"created":"2024-01-01T00:00:00Z","author":"me","architecture":"arm64","os":"linux","variant":"v8",)"
    R"("config":{"User":"101:101","ExposedPorts":{"443/tcp":{},"80/tcp":{}},"Env":["PATH=/bin","A="],)"
    R"("Entrypoint":["/entry.sh"],"Cmd":["nginx","-g","daemon off;"],)"
    R"("Healthcheck":{"Test":["CMD-SHELL","true"],"Interval":30000000000,"Retries":3},)"
    R"("Volumes":{"/data":{}},"WorkingDir":"/srv","OnBuild":["RUN x"],"Labels":{"a":"1","b":"2"},)"
    R"("StopSignal":"SIGQUIT","Shell":["/bin/sh"]},)"
    R"("rootfs":{"type":"layers","diff_ids":[")" +
    sum_a +
    R"("]},)"
    R"("history":[{"created":"t","created_by":"COPY / /","author":"x","comment":"c"},)"
    R"({"created_by":"CMD x","empty_layer":true}]})";

TEST(ImageConfig, is_read_whole_and_written_the_same) {
    const Result<ImageConfig> got = parse_image_config(config_text);
    ASSERT_TRUE(got) << got.error().doing;
    EXPECT_EQ(got->config.user, "101:101");
    EXPECT_EQ(got->config.exposed_ports, (std::vector<std::string>{"443/tcp", "80/tcp"}));
    EXPECT_EQ(got->config.env, (std::vector<std::string>{"PATH=/bin", "A="}));
    EXPECT_EQ(got->config.cmd.size(), 3U);
    EXPECT_EQ(got->config.volumes, std::vector<std::string>{"/data"});
    EXPECT_EQ(got->config.stop_signal, "SIGQUIT");
    ASSERT_TRUE(got->config.healthcheck.has_value());
    EXPECT_EQ(got->config.healthcheck->interval_ns, 30000000000);
    EXPECT_EQ(to_text(platform_of(*got)), "linux/arm64");
    EXPECT_EQ(to_text(got->diff_ids.at(0)), sum_a);
    ASSERT_EQ(got->history.size(), 2U);
    EXPECT_TRUE(got->history[1].empty_layer);
    EXPECT_EQ(to_json(*got), config_text);
}

TEST(ImageConfig, takes_gos_nulls_as_absent_and_skips_what_it_does_not_know) {
    const Result<ImageConfig> got = parse_image_config(
        R"({"architecture":"amd64","os":"linux","container":"abc","docker_version":"20","config":{"Hostname":"",)"
        R"("Entrypoint":null,"Volumes":null,"Labels":null,"OnBuild":null,"ArgsEscaped":true},"history":null,)"
        R"("rootfs":{"type":"layers","diff_ids":null}})");
    ASSERT_TRUE(got) << got.error().doing;
    EXPECT_TRUE(got->config.entrypoint.empty());
    EXPECT_TRUE(got->diff_ids.empty());
}

TEST(ImageConfig, is_refused_where_it_is_wrong) {
    const std::string roots = R"("rootfs":{"type":"layers","diff_ids":[]}})";
    const std::vector<Hostile> cases = {
        {"{}", "image config: there is no rootfs"},
        {R"({"rootfs":[]})", "image config: rootfs is not an object"},
        {R"({"rootfs":{"type":"layers+base"}})", R"(image config: rootfs.type is "layers+base", not "layers")"},
        {R"({"rootfs":{"diff_ids":["x"]}})", "image config: rootfs.diff_ids[0]: invalid checksum digest format"},
        {R"({"config":[],)" + roots, "image config: config: it is not an object"},
        {R"({"config":{"Cmd":"sh"},)" + roots, "image config: config: Cmd is not a list"},
        {R"({"config":{"Env":[1]},)" + roots, "image config: config: Env is not a list of texts"},
        {R"({"config":{"Volumes":["/a"]},)" + roots, "image config: config: Volumes is not an object"},
        {R"({"config":{"Env":[],"Env":[]},)" + roots, R"(image config: the key "Env" appears twice)"},
        {R"({"history":[1],)" + roots, "image config: history is not a list of objects"},
        {R"({"history":[{"empty_layer":"no"}],)" + roots, "image config: history: empty_layer is not true or false"},
    };
    for (const Hostile& one : cases) {
        const Result<ImageConfig> got = parse_image_config(one.text);
        ASSERT_FALSE(got) << one.text;
        EXPECT_EQ(got.error().doing, one.error) << one.text;
    }
}

TEST(ImageConfig, must_tell_of_as_many_layers_as_the_manifest) {
    Manifest manifest;
    manifest.layers.resize(1);
    ImageConfig config = *parse_image_config(config_text);
    EXPECT_TRUE(check_config_matches(manifest, config));
    config.history[1].empty_layer = false;
    EXPECT_EQ(check_config_matches(manifest, config).error().doing,
              "the manifest has 1 layers, the config 2 history steps with a layer");
    config.history.clear();
    EXPECT_TRUE(check_config_matches(manifest, config)) << "a config may come without a history";
    manifest.layers.resize(2);
    EXPECT_EQ(check_config_matches(manifest, config).error().doing, "the manifest has 2 layers, the config 1 diff ids");
}

TEST(ImageConfig, is_written_even_if_a_text_is_no_utf8) {
    ImageConfig config;
    config.author = "\xff";
    EXPECT_TRUE(parse_image_config(to_json(config)));
}

TEST(Values, are_described_for_traces_and_snapshots) {
    const ImageConfig config = *parse_image_config(config_text);
    ImageConfig back;
    ASSERT_TRUE(binary::decode(binary::encode(config), back));
    EXPECT_EQ(back, config);
    const Document document = *parse_manifest_or_index(manifest_text, "");
    std::string out;
    json::write(out, document);
    EXPECT_EQ(out.substr(0, 18), R"({"kind":"manifest")");
}

}  // namespace
}  // namespace cutaway::oci
