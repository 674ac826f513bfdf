// SPDX-License-Identifier: Apache-2.0
#include "core/scene/evolve.h"

#include <gtest/gtest.h>

#include "core/scene/invariants.h"
#include "tests/scene/build_trace.h"

namespace cutaway::scene {
namespace {

using world::Actor;

const Container& web(const Story& story) { return *story.picture.containers->find(std::string("c1"))->second; }
const Process& process(const Story& story, std::int64_t pid) { return *story.picture.processes->find(pid)->second; }
const Link* link(const Story& story, const std::string& key) { return story.picture.links->get(key); }
const MountPoint* mount(const Story& story, const std::string& key) { return story.picture.mounts->get(key); }

TEST(Evolve, keeps_a_history_of_a_containers_states) {
    Story story;
    story.container("c1", "web", "created");
    story.container("c1", "web", "running", 10);
    story.container("c1", "web", "running", 10);
    story.container("c1", "web", "exited");
    ASSERT_EQ(web(story).history.size(), 3U);
    EXPECT_EQ(web(story).history[1].from, "created");
    EXPECT_EQ(web(story).history[1].to, "running");
    EXPECT_EQ(web(story).history[2].seq, 4U);
}

TEST(Evolve, reads_an_overlays_directories_and_keeps_the_daemons_mount_on_the_host) {
    Story story;
    story.container("c1", "web", "created");
    world::Mount overlay{"overlay", "overlay", "/m", {}, "lowerdir=/l2:/l\\:1,upperdir=/u,workdir=/w"};
    story.call(overlay, "c1", Actor::daemon);
    const MountPoint* found = mount(story, ":/m");
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->lower, (std::vector<std::string>{"/l2", "/l:1"}));
    EXPECT_EQ(found->upper, "/u");
    EXPECT_EQ(found->work, "/w");
}

TEST(Evolve, shows_a_containers_mounts_from_its_own_root_after_pivot_root) {
    Story story;
    story.container("c1", "web", "created");
    story.call(world::Mount{"overlay", "overlay", "/m", {}, "lowerdir=/l,upperdir=/u,workdir=/w"}, "c1", Actor::daemon);
    story.call(world::Mount{"bind", "/m", "/m", {"rec"}, ""}, "c1", Actor::runtime);
    story.call(world::Mount{"proc", "proc", "/m/proc", {"nosuid"}, ""}, "c1", Actor::runtime);
    story.call(world::Mount{"tmpfs", "tmpfs", "/mother", {}, ""}, "c1", Actor::runtime);
    story.call(world::PivotRoot{"/m"}, "c1", Actor::runtime);
    ASSERT_NE(mount(story, "c1:/"), nullptr);
    EXPECT_EQ(mount(story, "c1:/")->type, "overlay");
    EXPECT_EQ(mount(story, "c1:/")->upper, "/u");
    ASSERT_NE(mount(story, "c1:/proc"), nullptr);
    EXPECT_EQ(mount(story, "c1:/mother"), nullptr);
    EXPECT_EQ(mount(story, "c1:/m/proc"), nullptr);
    EXPECT_NE(mount(story, ":/m"), nullptr);
    story.call(world::Mount{"", "", "/proc", {"remount", "ro"}, ""}, "c1", Actor::runtime);
    EXPECT_EQ(mount(story, "c1:/proc")->options, (std::vector<std::string>{"nosuid", "ro"}));
    story.call(world::Unmount{"/m"}, "c1", Actor::daemon);
    EXPECT_EQ(mount(story, ":/m"), nullptr);
}

TEST(Evolve, changes_nothing_for_a_call_that_failed_but_remembers_the_trouble) {
    Story story;
    story.fail_call(world::Mount{"tmpfs", "tmpfs", "/t", {}, ""});
    EXPECT_TRUE(story.picture.mounts->empty());
    ASSERT_EQ(story.picture.troubles->size(), 1U);
    EXPECT_EQ(story.picture.troubles->front().what, "mount");
    EXPECT_EQ(story.picture.troubles->front().error, "no space left");
}

TEST(Evolve, shows_a_call_while_it_lasts) {
    Story story;
    story.take(world::Call(world::MakeDir{"/d", 0755}), {}, Actor::daemon, 5);
    ASSERT_EQ(story.picture.calls->size(), 1U);
    story.take(trace::CallEnd{}, {}, Actor::daemon, 5);
    EXPECT_TRUE(story.picture.calls->empty());
}

TEST(Evolve, moves_processes_between_cgroups) {
    Story story;
    story.container("c1", "web", "running", 10);
    story.process(10, "c1", 1, 1, "nginx");
    story.call(world::MakeCgroup{"/cg/a"}, "c1");
    story.call(world::MakeCgroup{"/cg/b"}, "c1");
    story.call(world::WriteCgroup{"/cg/a", "cgroup.procs", "10\n"}, "c1");
    story.process(11, "c1", 10, 2, "worker");
    const auto members = [&](const std::string& path) { return (*story.picture.cgroups->get(path))->members; };
    EXPECT_EQ(members("/cg/a"), (std::vector<std::int64_t>{10, 11}));
    story.call(world::WriteCgroup{"/cg/b", "cgroup.procs", "10"}, "c1");
    EXPECT_EQ(members("/cg/a"), (std::vector<std::int64_t>{11}));
    EXPECT_EQ(members("/cg/b"), (std::vector<std::int64_t>{10}));
    story.call(world::WriteCgroup{"/cg/b", "memory.max", "1024"}, "c1");
    EXPECT_EQ(*(*story.picture.cgroups->get("/cg/b"))->files.get("memory.max"), "1024");
    story.call(world::WriteCgroup{"/cg/b", "cgroup.freeze", "1"}, "c1");
    EXPECT_TRUE(web(story).frozen);
    story.call(world::RemoveCgroup{"/cg/b"}, "c1");
    EXPECT_FALSE(story.picture.cgroups->contains("/cg/b"));
    EXPECT_EQ(process(story, 10).cgroup, "");
}

TEST(Evolve, follows_a_veth_from_birth_to_removal) {
    Story story;
    story.container("c1", "web", "running", 10);
    story.process(10, "c1", 1, 1, "nginx");
    story.call(world::MakeBridge{"br0"}, "c1");
    story.call(world::MakeVeth{"veth1", "tmp1"}, "c1");
    story.call(world::AttachLink{"veth1", "br0"}, "c1");
    story.call(world::RaiseLink{"veth1"}, "c1");
    story.call(world::MoveLink{"tmp1", 10, "eth0"}, "c1");
    EXPECT_EQ(link(story, ":tmp1"), nullptr);
    ASSERT_NE(link(story, "c1:eth0"), nullptr);
    EXPECT_EQ(link(story, ":veth1")->peer, "eth0");
    EXPECT_EQ(link(story, ":veth1")->peer_container, "c1");
    EXPECT_EQ(link(story, ":veth1")->master, "br0");
    story.call(world::AddAddress{"eth0", "172.17.0.2/16"}, "c1", Actor::runtime);
    story.call(world::RaiseLink{"lo"}, "c1", Actor::runtime);
    story.call(world::AddRoute{"default", "172.17.0.1", "eth0"}, "c1", Actor::runtime);
    EXPECT_EQ(link(story, "c1:eth0")->addresses, (std::vector<std::string>{"172.17.0.2/16"}));
    EXPECT_TRUE(link(story, "c1:lo")->up);
    ASSERT_EQ(story.picture.routes->size(), 1U);
    EXPECT_EQ(story.picture.routes->front().container, "c1");
    EXPECT_TRUE(violations(story.picture).empty());
    story.call(world::RemoveLink{"veth1"}, "c1");
    EXPECT_EQ(link(story, ":veth1"), nullptr);
    EXPECT_EQ(link(story, "c1:eth0"), nullptr);
    EXPECT_TRUE(story.picture.routes->empty());
}

TEST(Invariants, an_address_within_a_network_and_a_name_belong_to_one_container) {
    Story story;
    story.call(world::MakeBridge{"br0"}, "c1");
    for (const std::int64_t number : {1, 2}) {
        const std::string id = "c" + std::to_string(number);
        const std::string outside = "veth" + std::to_string(number);
        story.container(id, "web", "running", number * 10);
        story.process(number * 10, id, 1, 1, "nginx");
        story.call(world::MakeVeth{outside, "tmp"}, id);
        story.call(world::AttachLink{outside, "br0"}, id);
        story.call(world::MoveLink{"tmp", number * 10, "eth0"}, id);
        story.call(world::AddAddress{"eth0", "172.17.0.2/16"}, id, Actor::runtime);
    }
    std::vector<std::string> rules;
    for (const Violation& one : violations(story.picture)) {
        rules.push_back(one.rule);
    }
    EXPECT_EQ(rules, (std::vector<std::string>{"name-has-one-owner", "address-has-one-owner"}));
}

TEST(Evolve, publishes_and_takes_back_a_port) {
    Story story;
    world::NatRule rule;
    rule.what = "publish";
    rule.host_port = 8080;
    story.call(world::AddNat{"c1", rule});
    story.call(world::AddNat{"c1", rule});
    EXPECT_EQ(story.picture.rules->size(), 1U);
    story.call(world::RemoveNat{"c1", rule});
    EXPECT_TRUE(story.picture.rules->empty());
}

TEST(Evolve, ends_a_namespace_with_its_last_member_and_what_lived_in_it) {
    Story story;
    story.container("c1", "web", "running", 10);
    story.process(10, "c1", 1, 1, "nginx", {{"net", "401"}, {"mount", "402"}});
    story.process(11, "c1", 10, 2, "worker", {{"net", "401"}});
    story.call(world::RaiseLink{"lo"}, "c1", Actor::runtime);
    story.call(world::Mount{"proc", "proc", "/proc", {}, ""}, "c1", Actor::runtime);
    EXPECT_EQ(story.picture.namespaces->get("401")->members, 2U);
    story.seen(world::ProcessExited{"c1", 11, 0, "", false});
    EXPECT_EQ(story.picture.namespaces->get("401")->members, 1U);
    EXPECT_NE(link(story, "c1:lo"), nullptr);
    story.seen(world::ProcessExited{"c1", 10, 0, "", false});
    EXPECT_TRUE(story.picture.namespaces->empty());
    EXPECT_EQ(link(story, "c1:lo"), nullptr);
    EXPECT_EQ(mount(story, "c1:/proc"), nullptr);
}

TEST(Evolve, keeps_a_zombie_until_it_is_reaped_and_gives_orphans_to_init) {
    Story story;
    story.container("c1", "web", "running", 10);
    story.process(10, "c1", 1, 1, "sh");
    story.process(11, "c1", 10, 2, "sh");
    story.process(12, "c1", 11, 3, "sleep");
    story.seen(world::SocketListening{"c1", 11, "tcp", "0.0.0.0", 80});
    story.seen(world::ProcessExited{"c1", 11, 0, "", true});
    EXPECT_EQ(process(story, 11).state, "zombie");
    EXPECT_TRUE(story.picture.listeners->empty());
    story.seen(world::ProcessReaped{"c1", 11});
    EXPECT_FALSE(story.picture.processes->contains(std::int64_t{11}));
    EXPECT_EQ(process(story, 12).parent, 10);
    EXPECT_EQ(process(story, 10).children, 1U);
}

TEST(Evolve, shows_a_signal_in_flight_until_it_is_seen) {
    Story story;
    story.process(10, "c1", 1, 1, "sleep");
    story.call(world::SendSignal{10, "SIGTERM"}, "c1");
    EXPECT_EQ(process(story, 10).pending, (std::vector<std::string>{"SIGTERM"}));
    story.seen(world::SignalSeen{"c1", 10, "SIGTERM", "dropped"});
    EXPECT_TRUE(process(story, 10).pending.empty());
    EXPECT_EQ(story.picture.signals->back().outcome, "dropped");
}

TEST(Evolve, knows_when_a_waiting_stop_runs_out) {
    Story story;
    story.container("c1", "web", "running", 10);
    story.take(world::Call(world::AwaitExit{"c1", 10, 10'000}), "c1", Actor::daemon, 7);
    EXPECT_EQ(web(story).stop_deadline_ns, story.picture.t_ns + 10'000);
    story.take(trace::CallEnd{}, "c1", Actor::daemon, 7);
    EXPECT_EQ(web(story).stop_deadline_ns, 0);
}

TEST(Evolve, follows_an_exchange_from_request_to_answer) {
    Story story;
    world::HttpRequest request;
    request.url = "https://registry.example/v2/";
    story.take(world::Call(request), {}, Actor::daemon, 3);
    story.take(trace::Progress{50, 100}, {}, Actor::daemon, 3);
    EXPECT_EQ(story.picture.exchanges->back().bytes, 50U);
    EXPECT_FALSE(story.picture.exchanges->back().done);
    trace::CallEnd end;
    end.reply.value = 200;
    end.reply.text = std::string(100'000, 'b');
    story.take(end, {}, Actor::daemon, 3);
    EXPECT_TRUE(story.picture.exchanges->back().done);
    EXPECT_EQ(story.picture.exchanges->back().status, 200);
    EXPECT_EQ(story.picture.exchanges->back().body.size(), Limits::body);
    story.call(world::ApiRequest{"POST", "/containers/create", "{}"}, {}, Actor::client);
    EXPECT_TRUE(story.picture.exchanges->back().api);
    EXPECT_EQ(story.picture.exchanges->back().request.url, "/containers/create");
}

TEST(Evolve, shares_layers_between_images_and_drops_them_with_the_last) {
    Story story;
    world::LayerNote base;
    base.diff_id = "sha256:base";
    world::LayerNote top;
    top.diff_id = "sha256:top";
    world::ImageKnown one;
    one.id = "sha256:1";
    one.layers = {base, top};
    world::ImageKnown two;
    two.id = "sha256:2";
    two.layers = {base};
    story.note(one);
    story.note(two);
    EXPECT_EQ((*story.picture.layers->get("sha256:base"))->images, (std::vector<std::string>{"sha256:1", "sha256:2"}));
    world::Reply reply;
    reply.details = {{"files", "12"}, {"whiteouts", "1"}};
    reply.bytes = 999;
    story.call(world::UnpackLayer{"sha256:blob", "sha256:top", "/tmp/x"}, {}, Actor::daemon, reply);
    story.call(world::RenamePath{"/tmp/x", "/layers/top"});
    EXPECT_EQ((*story.picture.layers->get("sha256:top"))->path, "/layers/top");
    EXPECT_EQ((*story.picture.layers->get("sha256:top"))->files, 12U);
    EXPECT_EQ((*story.picture.layers->get("sha256:top"))->unpacked, 999U);
    story.note(world::ImageForgotten{"sha256:1", {"sha256:top"}});
    EXPECT_FALSE(story.picture.layers->contains("sha256:top"));
    EXPECT_EQ((*story.picture.layers->get("sha256:base"))->images, (std::vector<std::string>{"sha256:2"}));
}

TEST(Evolve, follows_a_pull) {
    Story story;
    world::ReferenceParsed reference;
    reference.given = "nginx";
    story.note(reference);
    world::ManifestRead manifest;
    manifest.digest = "sha256:m";
    manifest.layers = {{"sha256:l1", 10, ""}, {"sha256:l2", 20, ""}};
    story.note(manifest);
    story.note(world::LayerProgress{"sha256:l2", "downloading", 5, 20});
    story.note(world::DigestChecked{"layer", "sha256:l2", "sha256:l2", true});
    const Pull& pull = *story.picture.pull;
    ASSERT_EQ(pull.layers.size(), 2U);
    EXPECT_EQ(pull.layers[0].state, "waiting");
    EXPECT_EQ(pull.layers[1].done, 5U);
    EXPECT_EQ(pull.digests.size(), 1U);
    story.note(reference);
    EXPECT_TRUE(story.picture.pull->documents.empty());
}

TEST(Evolve, counts_planned_calls_with_the_pid_filled_in) {
    Story story;
    story.container("c1", "web", "created");
    world::PlanMade plan;
    plan.container = "c1";
    plan.calls.resize(3);
    plan.calls[0].call = world::MakeCgroup{"/cg"};
    plan.calls[1].call = world::WriteCgroup{"/cg", "cgroup.procs", "$PID"};
    plan.calls[2].call = world::MoveLink{"veth1", -1, "eth0"};
    story.note(plan);
    story.call(world::MakeDir{"/elsewhere", 0755}, "c1");
    EXPECT_EQ(web(story).plan_done, 0U);
    story.call(world::MakeCgroup{"/cg"}, "c1");
    EXPECT_EQ(web(story).plan_done, 1U);
    story.call(world::WriteCgroup{"/cg", "cgroup.procs", "4711"}, "c1");
    EXPECT_EQ(web(story).plan_done, 2U);
    story.call(world::MoveLink{"veth1", 4711, "eth0"}, "c1");
    EXPECT_EQ(web(story).plan_done, 3U);
}

TEST(Evolve, remembers_what_the_init_was_made_into) {
    Story story;
    story.container("c1", "web", "created");
    story.call(world::SetHostname{"web"}, "c1", Actor::runtime);
    story.call(world::SetUser{101, 102, {103}}, "c1", Actor::runtime);
    story.call(world::SetCapabilities{{"CAP_CHOWN"}}, "c1", Actor::runtime);
    story.call(world::NoNewPrivileges{}, "c1", Actor::runtime);
    story.call(world::LoadSeccomp{"default", "bytes"}, "c1", Actor::runtime);
    story.call(world::ChangeDir{"/srv"}, "c1", Actor::runtime);
    const Sandbox& sandbox = *web(story).sandbox;
    EXPECT_EQ(sandbox.hostname, "web");
    EXPECT_EQ(sandbox.uid, 101U);
    EXPECT_EQ(sandbox.groups, (std::vector<std::uint32_t>{103}));
    EXPECT_EQ(sandbox.capabilities, (std::vector<std::string>{"CAP_CHOWN"}));
    EXPECT_TRUE(sandbox.no_new_privileges);
    EXPECT_EQ(sandbox.seccomp, "default");
    EXPECT_EQ(sandbox.directory, "/srv");
}

TEST(Evolve, marks_files_of_the_upper_directory) {
    struct Case {
        std::vector<std::pair<std::string, std::string>> changes;
        std::string path;
        std::string mark;  // empty: no mark
    };
    const std::vector<Case> cases{
        {{{"/etc/a", "copied_up"}}, "/etc/a", "copied_up"},
        {{{"/etc/a", "copied_up"}, {"/etc/a", "modified"}}, "/etc/a", "copied_up"},
        {{{"/etc/a", "modified"}}, "/etc/a", "modified"},
        {{{"/new", "added"}, {"/new", "removed"}}, "/new", ""},
        {{{"/d/x", "added"}, {"/d", "whiteout"}}, "/d/x", ""},
        {{{"/d/x", "added"}, {"/d", "whiteout"}}, "/d", "whiteout"},
        {{{"/dx", "added"}, {"/d", "opaque"}}, "/dx", "added"},
    };
    for (const Case& one : cases) {
        Story story;
        story.container("c1", "web", "running");
        for (const auto& [path, change] : one.changes) {
            story.seen(world::FileChanged{"c1", path, change, "upper", 1});
        }
        const FileMark* mark = web(story).upper->get(one.path);
        EXPECT_EQ(mark == nullptr ? "" : mark->change, one.mark) << one.path;
    }
}

TEST(Evolve, keeps_the_last_lines_of_a_log_and_counts_all) {
    Story story;
    story.container("c1", "web", "running");
    for (int line = 0; line < 2500; ++line) {
        story.seen(world::OutputLine{"c1", world::Stream::out, std::to_string(line)});
    }
    EXPECT_EQ(web(story).log_lines, 2500U);
    EXPECT_LE(web(story).log.size(), Limits::log_lines);
    EXPECT_GE(web(story).log.size(), Limits::log_lines - 32);
    EXPECT_EQ(web(story).log.back().text, "2499");
    EXPECT_EQ(story.picture.dropped + web(story).log.size(), 2500U);
}

TEST(Evolve, samples_usage_freezes_and_counts_oom_kills) {
    Story story;
    story.container("c1", "web", "running");
    story.seen(world::UsageSampled{"c1", "/cg", 100, 5, 2, 0});
    story.seen(world::OutOfMemory{"c1", "/cg", 10});
    story.seen(world::FrozenSeen{"c1", "/cg", true});
    const Cgroup& cgroup = **story.picture.cgroups->get("/cg");
    EXPECT_EQ(cgroup.usage.back().memory, 100U);
    EXPECT_EQ(cgroup.oom_kills, 1U);
    EXPECT_TRUE(cgroup.frozen);
    EXPECT_TRUE(web(story).frozen);
}

TEST(Evolve, keeps_sockets_connections_lookups_volumes_networks_and_the_command) {
    Story story;
    story.seen(world::SocketListening{"c1", 10, "tcp", "0.0.0.0", 80});
    story.seen(world::SocketListening{"c1", 10, "tcp", "0.0.0.0", 80});
    EXPECT_EQ(story.picture.listeners->size(), 1U);
    story.seen(world::SocketClosed{"c1", "tcp", 80});
    EXPECT_TRUE(story.picture.listeners->empty());
    story.seen(world::ConnectionSeen{"host", "127.0.0.1:8080", "172.17.0.2:80", "c1", "connected"});
    EXPECT_EQ(story.picture.connections->size(), 1U);
    story.seen(world::NameLookup{"c1", "db", "172.17.0.3", "127.0.0.11"});
    EXPECT_EQ(story.picture.lookups->size(), 1U);
    story.note(world::VolumeKnown{"data", "/v", false});
    story.note(world::NetworkKnown{"n1", "bridge", "bridge", "172.17.0.0/16", "172.17.0.1", "br0"});
    story.note(world::CommandTyped{{"run", "nginx"}});
    EXPECT_TRUE(story.picture.volumes->contains("data"));
    EXPECT_EQ(story.picture.command.back(), "nginx");
    story.note(world::VolumeForgotten{"data"});
    story.note(world::NetworkForgotten{"n1"});
    EXPECT_TRUE(story.picture.volumes->empty());
    EXPECT_TRUE(story.picture.networks->empty());
    story.call(world::WriteSysctl{"net.ipv4.ip_forward", "1"});
    EXPECT_EQ(*story.picture.sysctls->get(":net.ipv4.ip_forward"), "1");
}

TEST(Evolve, leaves_nothing_of_a_container_that_is_forgotten) {
    Story story;
    story.container("c1", "web", "running", 10);
    story.process(10, "c1", 1, 1, "nginx", {{"net", "401"}});
    story.call(world::MakeCgroup{"/cg"}, "c1");
    story.call(world::Mount{"proc", "proc", "/proc", {}, ""}, "c1", Actor::runtime);
    story.call(world::MakeVeth{"veth1", "eth0"}, "c1", Actor::runtime);
    story.call(world::AddNat{"c1", {}});
    story.seen(world::SocketListening{"c1", 0, "tcp", "0.0.0.0", 80});
    story.note(world::ContainerForgotten{"c1"});
    const Picture& picture = story.picture;
    EXPECT_TRUE(picture.containers->empty() && picture.processes->empty() && picture.namespaces->empty());
    EXPECT_TRUE(picture.cgroups->empty() && picture.mounts->empty() && picture.links->empty());
    EXPECT_TRUE(picture.rules->empty() && picture.listeners->empty());
}

TEST(Evolve, nests_spans_and_remembers_how_a_failed_one_ended) {
    Story story;
    world::SpanStart start;
    start.title = "pull nginx";
    start.phase = world::Phase::resolve;
    story.take(start, {}, Actor::daemon, 1);
    EXPECT_EQ(story.picture.phase, world::Phase::resolve);
    ASSERT_EQ(story.picture.spans->size(), 1U);
    trace::SpanEnd end;
    end.failed = true;
    end.error = "not found";
    story.take(end, {}, Actor::daemon, 1);
    EXPECT_TRUE(story.picture.spans->empty());
    EXPECT_EQ(story.picture.troubles->back().what, "pull nginx");
}

TEST(Evolve, starts_a_process_with_a_clone_and_lets_the_observation_fill_it_in) {
    Story story;
    story.container("c1", "web", "created");
    world::Reply reply;
    reply.value = 4711;
    reply.details = {{"net", "401"}};
    story.call(world::Clone{{world::Space::net}, "init"}, "c1", Actor::shim, reply);
    EXPECT_EQ(process(story, 4711).command, "init");
    story.process(4711, "c1", 1, 1, "cutaway-init", {{"net", "401"}});
    EXPECT_EQ(story.picture.namespaces->get("401")->members, 1U);
    EXPECT_EQ(process(story, 4711).inner_pid, 1);
}

TEST(FindContainer, takes_ids_names_and_unique_beginnings) {
    Story story;
    story.container("abc1", "web", "running");
    story.container("abd2", "db", "running");
    EXPECT_EQ(find_container(story.picture, "abc1")->record.name, "web");
    EXPECT_EQ(find_container(story.picture, "db")->record.id, "abd2");
    EXPECT_EQ(find_container(story.picture, "abd")->record.name, "db");
    EXPECT_EQ(find_container(story.picture, "ab"), nullptr);
    EXPECT_EQ(find_container(story.picture, ""), nullptr);
    EXPECT_EQ(find_container(story.picture, "zzz"), nullptr);
}

}  // namespace
}  // namespace cutaway::scene
