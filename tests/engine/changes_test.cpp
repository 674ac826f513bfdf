// SPDX-License-Identifier: Apache-2.0
#include "core/engine/changes.h"

#include <gtest/gtest.h>

namespace cutaway::engine {
namespace {

using Words = std::vector<std::string>;

oci::RunDefaults changed(const std::string& line) {
    oci::RunDefaults config;
    config.env = {"PATH=/bin", "NAME=box"};
    config.cmd = {"old"};
    config.working_dir = "/srv";
    const Status done = apply_change(config, line);
    EXPECT_TRUE(done) << line << ": " << done.error().doing;
    return config;
}

TEST(Changes, ACommandIsAListOrAShellsLine) {
    EXPECT_EQ(changed("CMD [\"a\", \"b c\"]").cmd, (Words{"a", "b c"}));
    EXPECT_EQ(changed("cmd a  $NAME").cmd, (Words{"/bin/sh", "-c", "a  $NAME"}));
    EXPECT_EQ(changed("CMD [not json").cmd, (Words{"/bin/sh", "-c", "[not json"}));
    EXPECT_EQ(changed("ENTRYPOINT [\"x\"]").entrypoint, (Words{"x"}));
    EXPECT_EQ(changed("ENTRYPOINT [\"x\"]").cmd, Words{}) << "a new entrypoint drops the command";
}

TEST(Changes, VariablesQuotesAndBackslashesAreReadAsDockerReadsThem) {
    EXPECT_EQ(changed("ENV A=1 B=\"two words\" C=th\\ ree").env,
              (Words{"PATH=/bin", "NAME=box", "A=1", "B=two words", "C=th ree"}));
    EXPECT_EQ(changed("ENV PATH=$PATH:/x ").env, (Words{"PATH=/bin:/x", "NAME=box"}));
    EXPECT_EQ(changed("ENV A='$NAME' B=${NAME}s C=\\$NAME").env,
              (Words{"PATH=/bin", "NAME=box", "A=$NAME", "B=boxs", "C=$NAME"}));
    EXPECT_EQ(changed("ENV A one two").env.back(), "A=one two");
    EXPECT_EQ(changed("LABEL a=b c=").labels, (std::map<std::string, std::string>{{"a", "b"}, {"c", ""}}));
}

TEST(Changes, TheRestIsOneWordOrAList) {
    EXPECT_EQ(changed("WORKDIR tmp/../x").working_dir, "/srv/x");
    EXPECT_EQ(changed("WORKDIR /a").working_dir, "/a");
    EXPECT_EQ(changed("USER $NAME").user, "box");
    EXPECT_EQ(changed("EXPOSE 80 53/UDP").exposed_ports, (Words{"53/udp", "80/tcp"}));
    EXPECT_EQ(changed("VOLUME [\"/b\", \"/a\"]").volumes, (Words{"/a", "/b"}));
    EXPECT_EQ(changed("STOPSIGNAL SIGINT").stop_signal, "SIGINT");
    EXPECT_EQ(changed("ONBUILD RUN ls").on_build, (Words{"RUN ls"}));
}

TEST(Changes, WhatADaemonRefusesIsRefusedInItsWords) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"FOO x", "dockerfile parse error on line 1: unknown instruction: FOO"},
        {"RUN ls", "run is not a valid change command"},
        {"USER", "USER requires at least one argument"},
        {"USER a b", "USER requires exactly one argument"},
        {"EXPOSE x", "invalid containerPort: x"},
        {"EXPOSE 0", "invalid containerPort: 0"},
        {"EXPOSE 80/x", "invalid proto: x"},
        {"ENV A", "ENV must have two arguments"},
        {"ENV A=1 B", "Syntax error - can't find = in \"B\". Must be of the form: name=value"},
        {"HEALTHCHECK NONE", "health checks are not built, so no change can set one"},
    };
    for (const auto& [line, error] : cases) {
        oci::RunDefaults config;
        const Status done = apply_change(config, line);
        ASSERT_FALSE(done) << line;
        EXPECT_EQ(done.error().doing, error);
    }
}

}  // namespace
}  // namespace cutaway::engine
