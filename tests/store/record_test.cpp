// SPDX-License-Identifier: Apache-2.0
// Containers, volumes, networks, names and logs: what is written is found again, what collides is refused in docker's
// words, what is damaged or from the future is said to be so.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/store/blobs.h"
#include "core/store/containers.h"
#include "core/store/ids.h"
#include "core/store/json_log.h"
#include "core/store/networks.h"
#include "core/store/paths.h"
#include "core/store/record_file.h"
#include "core/store/time_text.h"
#include "core/store/volumes.h"
#include "tests/store/memory_world.h"

namespace cutaway::store {
namespace {

using testing::MemoryWorld;

ContainerRecord named(const std::string& name) {
    ContainerRecord record;
    record.name = name;
    record.image = "nginx";
    record.path = "nginx";
    record.args = {"-g", "daemon off;"};
    record.config.labels = {{"a", "1"}};
    record.host.ports = {{80, "tcp", "", 8080}};
    return record;
}

TEST(Containers, WhatIsCreatedIsFoundByNameIdAndPrefixAndNarratedWhole) {
    MemoryWorld memory;
    world::World& world = memory.world();
    const Result<ContainerRecord> web = create_container(world, named("web"));
    ASSERT_TRUE(web) << web.error().doing;
    EXPECT_EQ(web->id.size(), 64U);
    EXPECT_EQ(web->config.hostname, web->id.substr(0, 12));
    EXPECT_EQ(web->upper, "/var/lib/cutaway/containers/" + web->id + "/upper");
    for (const std::string& wanted : {web->id, std::string("web"), std::string("/web"), web->id.substr(0, 4)}) {
        const Result<ContainerRecord> found = find_container(world, wanted);
        ASSERT_TRUE(found) << wanted;
        ContainerRecord expected = *web;
        expected.version = record_version;
        EXPECT_EQ(*found, expected);
    }
    const auto notes = memory.narrator.all<world::ContainerKnown>();
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_EQ(notes[0].name, "web");
    EXPECT_EQ(notes[0].command, "nginx -g daemon off;");
    EXPECT_EQ(notes[0].ports[0].host_port, 8080);
    EXPECT_FALSE(memory.disk.locked);
}

TEST(Containers, AMistakeIsAnsweredInDockersWords) {
    MemoryWorld memory;
    world::World& world = memory.world();
    const ContainerRecord web = create_container(world, named("web")).value();
    ContainerRecord db = create_container(world, named("db")).value();
    struct Case {
        Error error;
        Errc code;
        std::string text;
    };
    const std::vector<Case> cases{
        {create_container(world, named("/web")).error(), Errc::conflict,
         "Conflict. The container name \"/web\" is already in use by container \"" + web.id +
             "\". You have to remove (or rename) that container to be able to reuse that name."},
        {rename_container(world, db, "web").error(), Errc::conflict,
         "Conflict. The container name \"/web\" is already in use by container \"" + web.id +
             "\". You have to remove (or rename) that container to be able to reuse that name."},
        {create_container(world, named("we b")).error(), Errc::invalid,
         "Invalid container name (we b), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"},
        {create_container(world, named("../x")).error(), Errc::invalid,
         "Invalid container name (../x), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"},
        {find_container(world, "ghost").error(), Errc::not_found, "No such container: ghost"},
        {find_container(world, "").error(), Errc::not_found, "No such container: "},
        {rename_container(world, db, "db").error(), Errc::invalid,
         "Renaming a container with the same name as its current name"},
    };
    for (const Case& one : cases) {
        EXPECT_EQ(one.error.code, one.code) << one.text;
        EXPECT_EQ(one.error.doing, one.text);
    }
    EXPECT_EQ(list_containers(world)->size(), 2U);
    EXPECT_EQ(list_containers(world)->front().name, "db") << "newest first";
}

TEST(Containers, APrefixOfTwoIsAmbiguous) {
    MemoryWorld memory;
    world::World& world = memory.world();
    for (const char* tail : {"1", "2"}) {
        ContainerRecord record = named(std::string("c") + tail);
        record.id = std::string(63, 'a') + tail;
        ASSERT_TRUE(create_container(world, record));
    }
    EXPECT_EQ(find_container(world, "aaaa").error().doing, "Multiple IDs found with provided prefix: aaaa");
    EXPECT_TRUE(find_container(world, std::string(63, 'a') + "2"));
}

TEST(Containers, ARemovedOneIsGoneAndCannotBeSavedAgain) {
    MemoryWorld memory;
    world::World& world = memory.world();
    const ContainerRecord web = create_container(world, named("web")).value();
    ASSERT_TRUE(remove_container(world, web));
    EXPECT_EQ(save_container(world, web).error().code, Errc::not_found);
    EXPECT_EQ(memory.narrator.all<world::ContainerForgotten>()[0].id, web.id);
    EXPECT_FALSE(memory.disk.has(container_dir(world, web.id)));
    EXPECT_TRUE(create_container(world, named("web")));
}

TEST(Records, DamageAndTheFutureAreToldApartAndNothingIsLost) {
    MemoryWorld memory;
    world::World& world = memory.world();
    const ContainerRecord web = create_container(world, named("web")).value();
    const std::string path = container_file(world, web.id, "config.json");
    const std::string good = memory.disk.files[path].bytes;
    struct Case {
        std::string bytes;
        Errc code;
        std::string part;
    };
    const std::vector<Case> cases{
        {good.substr(0, good.size() / 2), Errc::invalid, "is damaged"},
        {"", Errc::invalid, "is damaged"},
        {"{}", Errc::invalid, "is damaged"},
        {"{\"version\":1,\"id\":\"other\"}", Errc::invalid, "is damaged"},
        {"{\"version\":2,\"id\":\"" + web.id + "\",\"news\":[1]}", Errc::unsupported, "was written by a newer Cutaway"},
    };
    for (const Case& one : cases) {
        memory.disk.files[path].bytes = one.bytes;
        const Result<ContainerRecord> loaded = find_container(world, "web");
        ASSERT_FALSE(loaded) << one.bytes;
        EXPECT_EQ(loaded.error().code, one.code) << one.bytes;
        EXPECT_NE(loaded.error().doing.find(path + " " + one.part), std::string::npos) << loaded.error().doing;
        EXPECT_EQ(memory.disk.files[path].bytes, one.bytes);
    }
}

TEST(Records, TheFileIsJsonWithOneMemberALine) {
    EXPECT_EQ(indented("{}"), "{}\n");
    EXPECT_EQ(indented(R"({"a":[1,"x,{:\"}"],"b":{}})"),
              "{\n  \"a\": [\n    1,\n    \"x,{:\\\"}\"\n  ],\n  \"b\": {}\n}\n");
}

TEST(Names, AreMadeUpPronounceableAndChecked) {
    MemoryWorld memory;
    const std::string name = random_name(memory.world().entropy);
    EXPECT_TRUE(check_name("container", name)) << name;
    EXPECT_NE(name.find('_'), std::string::npos);
    EXPECT_EQ(short_id("sha256:0123456789abcdef"), "0123456789ab");
    EXPECT_FALSE(check_name("container", "x")) << "docker wants two characters at least";
    EXPECT_FALSE(check_name("container", std::string(300, 'a')));
}

TEST(Volumes, AreMadeOnceAndKeptWhileAContainerHasThem) {
    MemoryWorld memory;
    world::World& world = memory.world();
    VolumeRecord wanted;
    wanted.name = "data";
    const VolumeRecord data = create_volume(world, wanted).value();
    EXPECT_EQ(data.path, "/var/lib/cutaway/volumes/data/_data");
    EXPECT_EQ(create_volume(world, wanted)->created, data.created);
    EXPECT_EQ(memory.narrator.all<world::VolumeKnown>().size(), 1U);
    ContainerRecord user = named("db");
    user.mounts = {{"volume", "data", data.path, "/var/lib/data", "", false, false}};
    user = create_container(world, user).value();
    EXPECT_EQ(remove_volume(world, "data").error().doing, "remove data: volume is in use - [" + user.id + "]");
    ASSERT_TRUE(remove_container(world, user));
    ASSERT_TRUE(remove_volume(world, "data"));
    for (const char* name : {"data", "../containers", "", "/data", "x/y"}) {
        EXPECT_EQ(load_volume(world, name).error().doing, "get " + std::string(name) + ": no such volume");
    }
    const VolumeRecord unnamed = create_volume(world, {}).value();
    EXPECT_TRUE(unnamed.anonymous);
    EXPECT_EQ(unnamed.name.size(), 64U);
}

TEST(Networks, AreFoundByNameAndPrefixAndBuiltInOnesStay) {
    MemoryWorld memory;
    world::World& world = memory.world();
    NetworkRecord bridge;
    bridge.name = "bridge";
    bridge.built_in = true;
    bridge.bridge = "docker0";
    bridge = create_network(world, bridge).value();
    NetworkRecord app;
    app.name = "app-network";
    app = create_network(world, app).value();
    EXPECT_EQ(app.bridge, "br-" + app.id.substr(0, 12));
    EXPECT_EQ(find_network(world, app.id.substr(0, 8))->name, "app-network");
    EXPECT_EQ(find_network(world, "ghost").error().doing, "network ghost not found");
    EXPECT_EQ(create_network(world, app).error().doing, "network with name app-network already exists");
    EXPECT_EQ(remove_network(world, bridge).error().code, Errc::denied);
    ASSERT_TRUE(remove_network(world, app));
    EXPECT_EQ(list_networks(world)->size(), 1U);
}

TEST(Log, EveryLineComesBackAndABrokenOneIsLeftOut) {
    const std::vector<LogEntry> entries{
        {"hello\n", world::Stream::out, 1'700'000'000'123'456'789},
        {"no newline", world::Stream::err, 1'700'000'001'000'000'000},
        {"quote \" and \xff byte\n", world::Stream::out, 5},
    };
    std::string bytes;
    for (const LogEntry& entry : entries) {
        bytes += to_log_line(entry);
    }
    EXPECT_EQ(parse_log(bytes), entries);
    EXPECT_EQ(parse_log(bytes + "{\"log\":\"cut of").size(), 3U);
    EXPECT_EQ(parse_log("garbage\n" + bytes).size(), 3U);
    EXPECT_EQ(bytes.substr(0, bytes.find('\n')),
              R"({"log":"hello\n","stream":"stdout","time":"2023-11-14T22:13:20.123456789Z"})");
}

TEST(Time, IsWrittenAsGoWritesItAndReadBack) {
    struct Case {
        std::int64_t ns;
        std::string text;
    };
    const std::vector<Case> cases{
        {0, "1970-01-01T00:00:00Z"},
        {-1, "1969-12-31T23:59:59.999999999Z"},
        {1'709'164'800'000'000'000, "2024-02-29T00:00:00Z"},
        {1'709'164'800'100'000'000, "2024-02-29T00:00:00.1Z"},
        {4'102'444'799'000'000'010, "2099-12-31T23:59:59.00000001Z"},
        {1'700'000'010'000'000'000, "2023-11-14T22:13:30Z"},
    };
    for (const Case& one : cases) {
        EXPECT_EQ(to_time_text(one.ns), one.text);
        EXPECT_EQ(parse_time(one.text), one.ns);
    }
    EXPECT_EQ(parse_time("2024-02-29T02:00:00+02:00"), 1'709'164'800'000'000'000);
    for (const char* bad : {"", "2024", "2024-13-01T00:00:00Z", "2024-02-29T00:00:00", "2024-02-29 00:00:00Z", "x"}) {
        EXPECT_FALSE(parse_time(bad).has_value()) << bad;
    }
}

}  // namespace
}  // namespace cutaway::store
