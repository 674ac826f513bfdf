// SPDX-License-Identifier: Apache-2.0
#include "core/engine/configure.h"

#include <gtest/gtest.h>

#include "core/engine/signals.h"

namespace cutaway::engine {
namespace {

using Words = std::vector<std::string>;

oci::ImageConfig nginx() {
    oci::ImageConfig image;
    image.config.entrypoint = {"/entry"};
    image.config.cmd = {"nginx", "-g"};
    image.config.env = {"PATH=/bin", "A=image"};
    image.config.working_dir = "/srv";
    image.config.user = "www";
    image.config.stop_signal = "SIGQUIT";
    image.config.exposed_ports = {"80/tcp"};
    image.config.volumes = {"/data"};
    image.config.labels = {{"a", "image"}, {"b", "image"}};
    return image;
}

TEST(Configure, a_command_keeps_the_images_entrypoint_and_an_entrypoint_drops_its_command) {
    struct Case {
        std::optional<Words> entrypoint;
        Words command;
        Words argv;
    };
    const Case cases[] = {
        {std::nullopt, {}, {"/entry", "nginx", "-g"}},
        {std::nullopt, {"sh", "-c"}, {"/entry", "sh", "-c"}},
        {Words{"/mine"}, {}, {"/mine"}},
        {Words{"/mine"}, {"x"}, {"/mine", "x"}},
        {Words{""}, {"x"}, {"x"}},
    };
    for (const Case& c : cases) {
        ContainerOptions options;
        options.entrypoint = c.entrypoint;
        options.command = c.command;
        const store::ContainerRecord record = configure(options, nginx()).value();
        Words argv{record.path};
        argv.insert(argv.end(), record.args.begin(), record.args.end());
        EXPECT_EQ(argv, c.argv);
    }
    ContainerOptions nothing;
    nothing.entrypoint = Words{""};
    EXPECT_EQ(configure(nothing, nginx()).error().doing, "no command specified");
    EXPECT_EQ(configure({}, oci::ImageConfig{}).error().doing, "no command specified");
}

TEST(Configure, takes_from_the_image_what_nobody_asked_for_otherwise) {
    const store::ContainerRecord plain = configure({}, nginx()).value();
    EXPECT_EQ(plain.config.env, (Words{"PATH=/bin", "A=image"}));
    EXPECT_EQ(plain.config.working_dir, "/srv");
    EXPECT_EQ(plain.config.user, "www");
    EXPECT_EQ(plain.config.stop_signal, "SIGQUIT");
    EXPECT_EQ(plain.config.stop_timeout, 10);
    EXPECT_EQ(plain.host.network_mode, "bridge");
    ASSERT_EQ(plain.mounts.size(), 1U);
    EXPECT_TRUE(plain.mounts.front().anonymous);
    ContainerOptions options;
    options.env = {"A=mine", "B=2"};
    options.working_dir = "/w";
    options.user = "0";
    options.stop_signal = "SIGINT";
    options.stop_timeout = 3;
    options.labels = {"b=mine", "c"};
    options.mounts = {{"volume", "keep", "/data", false, false}};
    const store::ContainerRecord mine = configure(options, nginx()).value();
    EXPECT_EQ(mine.config.env, (Words{"A=mine", "B=2", "PATH=/bin"}));
    EXPECT_EQ(mine.config.working_dir, "/w");
    EXPECT_EQ(mine.config.user, "0");
    EXPECT_EQ(mine.config.stop_signal, "SIGINT");
    EXPECT_EQ(mine.config.stop_timeout, 3);
    EXPECT_EQ(mine.config.labels, (std::vector<world::Pair>{{"a", "image"}, {"b", "mine"}, {"c", ""}}));
    ASSERT_EQ(mine.mounts.size(), 1U);
    EXPECT_EQ(mine.mounts.front().name, "keep");
}

TEST(Configure, an_image_without_a_path_gets_dockers) {
    oci::ImageConfig image;
    image.config.cmd = {"true"};
    EXPECT_EQ(configure({}, image)->config.env,
              Words{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"});
}

TEST(Configure, published_ports_are_exposed_once) {
    ContainerOptions options;
    options.publish = {{"", 8080, 80, "tcp"}, {"127.0.0.1", 0, 53, "udp"}};
    const store::ContainerRecord record = configure(options, nginx()).value();
    EXPECT_EQ(record.config.exposed_ports, (Words{"80/tcp", "53/udp"}));
    EXPECT_EQ(record.host.ports, (std::vector<store::PortBinding>{{80, "tcp", "", 8080}, {53, "udp", "127.0.0.1", 0}}));
}

TEST(Configure, restart_policies_are_read_as_docker_reads_them) {
    struct Case {
        std::string text;
        bool remove;
        std::string error;
        store::RestartPolicy policy;
    };
    const Case cases[] = {
        {"", false, "", {"no", 0}},
        {"no", true, "", {"no", 0}},
        {"always", false, "", {"always", 0}},
        {"unless-stopped", false, "", {"unless-stopped", 0}},
        {"on-failure", false, "", {"on-failure", 0}},
        {"on-failure:3", false, "", {"on-failure", 3}},
        {"on-failure:x", false, "invalid restart policy format: maximum retry count must be an integer", {}},
        {"always:3", false, "invalid restart policy: maximum retry count can only be used with 'on-failure'", {}},
        {"foo",
         false,
         "invalid restart policy: unknown policy 'foo'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'",
         {}},
        {"always", true, "conflicting options: cannot specify both --restart and --rm", {}},
    };
    for (const Case& c : cases) {
        ContainerOptions options;
        options.restart = c.text;
        options.remove = c.remove;
        const auto record = configure(options, nginx());
        ASSERT_EQ(record.has_value(), c.error.empty()) << c.text;
        if (record) {
            EXPECT_EQ(record->host.restart, c.policy) << c.text;
        } else {
            EXPECT_EQ(record.error().doing, c.error);
        }
    }
}

TEST(MergeEnv, the_later_one_wins_in_the_first_ones_place_and_a_bare_name_takes_away) {
    struct Case {
        Words base;
        Words over;
        Words merged;
    };
    const Case cases[] = {
        {{}, {}, {}},
        {{"A=1", "B=2"}, {"A=3"}, {"A=3", "B=2"}},
        {{"A=1", "B=2"}, {"A"}, {"B=2"}},
        {{"A=1"}, {"A="}, {"A="}},
        {{"AB=1"}, {"A=2"}, {"AB=1", "A=2"}},
        {{"A=1"}, {"A=2", "A=3"}, {"A=3"}},
        {{}, {"A=x=y"}, {"A=x=y"}},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(merge_env(c.base, c.over), c.merged);
    }
}

TEST(Signals, are_read_as_the_daemon_reads_them) {
    struct Case {
        std::string given;
        std::string meant;  // empty: refused
        std::string error;
    };
    const std::vector<Case> cases{
        {"TERM", "SIGTERM", ""},
        {"SIGTERM", "SIGTERM", ""},
        {"sigterm", "SIGTERM", ""},
        {"hup", "SIGHUP", ""},
        {"9", "SIGKILL", ""},
        {"031", "SIGSYS", ""},
        {"CLD", "SIGCHLD", ""},
        {"IOT", "SIGABRT", ""},
        {"RTMIN", "34", ""},
        {"rtmin+3", "37", ""},
        {"SIGRTMAX-14", "50", ""},
        {"64", "64", ""},
        {"FOO", "", "invalid signal: FOO"},
        {"SIGFOO", "", "invalid signal: SIGFOO"},
        {"SIG", "", "invalid signal: SIG"},
        {"", "", "invalid signal: "},
        {"0", "", "invalid signal: 0"},
        {"9x", "", "invalid signal: 9x"},
        {"RTMIN+16", "", "invalid signal: RTMIN+16"},
        {"RTMAX+1", "", "invalid signal: RTMAX+1"},
        {"99999999999", "", "invalid signal: 99999999999"},
        {"32", "", "the linux daemon does not support signal 32"},
        {"99", "", "the linux daemon does not support signal 99"},
        {"-1", "", "the linux daemon does not support signal -1"},
    };
    for (const Case& one : cases) {
        Result<std::string> got = parse_signal(one.given);
        EXPECT_EQ(got ? *got : "", one.meant) << one.given;
        EXPECT_EQ(got ? "" : got.error().doing, one.error) << one.given;
    }
}

TEST(Configure, an_unknown_stop_signal_is_refused) {
    ContainerOptions options;
    options.stop_signal = "FOO";
    EXPECT_EQ(configure(options, nginx()).error().doing, "invalid signal: FOO");
    options.stop_signal = "quit";
    EXPECT_EQ(configure(options, nginx())->config.stop_signal, "quit");
}

}  // namespace
}  // namespace cutaway::engine
