// SPDX-License-Identifier: Apache-2.0
// Whole command lines on one simulated machine, as a person types them.
#include "tests/model/typed.h"

namespace cutaway::cli {
namespace {

class Session : public Typed {};

TEST_F(Session, exec_in_a_running_container_ends_with_its_output) {
    EXPECT_EQ(type({"run", "-d", "--name", "web", "nginx"}).code, 0);
    const Answer listed = type({"exec", "web", "ls", "/usr/share/nginx/html"});
    EXPECT_EQ(listed.out, "50x.html\nindex.html\n");
    EXPECT_EQ(listed.code, 0) << listed.err;
    EXPECT_EQ(type({"exec", "web", "sh", "-c", "exit 7"}).code, 7);
    EXPECT_EQ(type({"exec", "web", "nosuch"}).code, 127);
    EXPECT_EQ(type({"exec", "web", "ps", "aux"}).code, 127);  // claim 118: Debian's nginx has no ps
}

TEST_F(Session, a_published_port_answers_and_is_logged_until_the_stop) {
    EXPECT_EQ(type({"run", "-d", "-p", "8080:80", "--name", "web", "nginx"}).code, 0);
    const Answer page = type({"sh", "-c", "curl -s localhost:8080"});
    EXPECT_NE(page.out.find("<title>Welcome to nginx!</title>"), std::string::npos) << page.err;
    EXPECT_NE(type({"logs", "web"}).out.find("\"GET / HTTP/1.1\" 200 "), std::string::npos);
    EXPECT_EQ(type({"stop", "web"}).out, "web\n");
    EXPECT_NE(type({"logs", "web"}).err.find("signal 3 (SIGQUIT) received, shutting down"), std::string::npos);
    EXPECT_EQ(type({"sh", "-c", "curl -s localhost:8080"}).code, 7);  // 004: refused after the stop
    EXPECT_EQ(type({"start", "web"}).out, "web\n");
    EXPECT_EQ(type({"sh", "-c", "curl -s -o /dev/null localhost:8080"}).code, 0);
}

TEST_F(Session, a_paused_server_answers_nobody_until_it_goes_on) {
    EXPECT_EQ(type({"run", "-d", "-p", "8080:80", "--name", "web", "nginx"}).code, 0);
    EXPECT_EQ(type({"pause", "web"}).code, 0);
    EXPECT_NE(type({"exec", "web", "ls"}).err.find("is paused, unpause the container before exec"), std::string::npos);
    const Answer late = type({"sh", "-c", "curl -sS -m 2 localhost:8080"});
    EXPECT_EQ(late.code, 28) << late.err;
    EXPECT_NE(late.err.find("curl: (28) Operation timed out after 2"), std::string::npos) << late.err;
    EXPECT_EQ(type({"unpause", "web"}).code, 0);
    EXPECT_EQ(type({"sh", "-c", "curl -s -o /dev/null -m 2 localhost:8080"}).code, 0);
}

TEST_F(Session, names_resolve_on_a_network_of_the_users_and_not_on_the_default_bridge) {
    EXPECT_EQ(type({"network", "create", "app-net"}).code, 0);
    EXPECT_EQ(type({"network", "create", "app-net"}).err,
              "Error response from daemon: network with name app-net already exists\n");
    EXPECT_EQ(type({"run", "-d", "--name", "db", "--network", "app-net", "nginx"}).code, 0);
    EXPECT_EQ(type({"run", "-d", "--name", "other", "nginx"}).code, 0);
    const std::vector<std::string> asks{"run", "--rm", "--network", "app-net", "alpine", "wget", "-q", "-O", "-", "db"};
    EXPECT_NE(type(asks).out.find("Welcome to nginx!"), std::string::npos);
    EXPECT_NE(type({"run", "--rm", "alpine", "wget", "-q", "-O", "-", "db"}).code, 0);
    EXPECT_EQ(type({"run", "--rm", "--network", "app-net", "alpine", "getent", "hosts", "other"}).code, 2);
    EXPECT_EQ(type({"run", "--rm", "--network", "app-net", "alpine", "getent", "hosts", "db"}).out,
              "172.18.0.2      db\n");
    const Answer used = type({"network", "rm", "app-net"});
    EXPECT_EQ(used.code, 1);
    EXPECT_NE(used.err.find("network app-net has active endpoints (name:\"db\""), std::string::npos) << used.err;
    EXPECT_EQ(type({"rm", "-f", "db"}).code, 0);
    EXPECT_EQ(type({"network", "rm", "app-net"}).out, "app-net\n");
    EXPECT_EQ(type({"network", "inspect", "app-net"}).err, "Error response from daemon: network app-net not found\n");
}

TEST_F(Session, a_volume_outlives_its_container) {
    EXPECT_EQ(type({"volume", "create", "data"}).out, "data\n");
    EXPECT_EQ(type({"run", "--rm", "-v", "data:/d", "alpine", "sh", "-c", "echo kept > /d/f"}).code, 0);
    EXPECT_EQ(type({"run", "--name", "reader", "-v", "data:/d", "alpine", "cat", "/d/f"}).out, "kept\n");
    EXPECT_NE(type({"volume", "rm", "data"}).err.find("remove data: volume is in use - ["), std::string::npos);
    EXPECT_EQ(type({"rm", "reader"}).code, 0);
    EXPECT_EQ(type({"volume", "rm", "data"}).out, "data\n");
    EXPECT_EQ(type({"volume", "rm", "data"}).err, "Error response from daemon: get data: no such volume\n");
}

TEST_F(Session, a_new_volume_begins_with_what_the_image_has_there) {
    const std::string mount = "site:/usr/share/nginx/html";
    EXPECT_EQ(type({"run", "--rm", "-v", mount, "nginx", "ls", "/usr/share/nginx/html"}).out, "50x.html\nindex.html\n");
    EXPECT_EQ(type({"run", "--rm", "-v", "site:/d", "alpine", "rm", "/d/50x.html"}).code, 0);
    EXPECT_EQ(type({"run", "--rm", "-v", mount, "nginx", "ls", "/usr/share/nginx/html"}).out, "index.html\n");
}

TEST_F(Session, diff_shows_what_was_added_changed_and_deleted) {
    const std::string work = "echo x >> /etc/passwd; rm /etc/alpine-release; touch /new";
    EXPECT_EQ(type({"run", "--name", "box", "alpine", "sh", "-c", work}).code, 0);
    EXPECT_EQ(type({"diff", "box"}).out, "C /etc\nD /etc/alpine-release\nC /etc/passwd\nA /new\n");
}

TEST_F(Session, top_and_stats_tell_of_the_containers_own_processes) {
    EXPECT_EQ(type({"run", "-d", "--name", "box", "--memory", "64m", "alpine", "sleep", "1000"}).code, 0);
    const Answer top = type({"top", "box"});
    EXPECT_NE(top.out.find("sleep 1000"), std::string::npos) << top.err;
    const Answer stats = type({"stats", "--no-stream", "box"});
    EXPECT_NE(stats.out.find(" / 64MiB"), std::string::npos) << stats.out << stats.err;
}

TEST_F(Session, too_much_memory_ends_in_137_and_says_why) {
    EXPECT_EQ(type({"run", "--name", "hog", "--memory", "64m", "lab/memhog"}).code, 137);
    EXPECT_EQ(type({"inspect", "-f", "{{.State.OOMKilled}} {{.State.ExitCode}}", "hog"}).out, "true 137\n");
}

TEST_F(Session, python_says_hello_counts_and_leaves_with_a_status) {
    const auto python = [&](const std::string& text) {
        return type({"run", "--rm", "python:3.12-slim", "python", "-c", text});
    };
    EXPECT_EQ(python("print('hello')").out, "hello\n");
    EXPECT_EQ(python("x = 7 // 2; print(x, 2 ** 10, 1 / 4, 'a' * 3, x > 2 and not False)").out,
              "3 1024 0.25 aaa True\n");
    EXPECT_EQ(python("exit(3)").code, 3);
    EXPECT_EQ(python("print(nope)").code, 1);
    EXPECT_EQ(python("for x in y: pass").code, 127);
    EXPECT_EQ(python("open('/f', 'w').write('kept'); print(open('/f').read())").out, "kept\n");
}

TEST_F(Session, redis_keeps_what_it_was_given) {
    EXPECT_EQ(type({"run", "-d", "--name", "cache", "redis:7-alpine"}).code, 0);
    EXPECT_EQ(type({"exec", "cache", "redis-cli", "ping"}).out, "PONG\n");
    EXPECT_EQ(type({"exec", "cache", "redis-cli", "set", "a", "1"}).out, "OK\n");
    EXPECT_EQ(type({"restart", "cache"}).code, 0);
    EXPECT_EQ(type({"exec", "cache", "redis-cli", "incr", "a"}).out, "2\n");
    EXPECT_EQ(type({"stop", "cache"}).code, 0);
    EXPECT_NE(type({"logs", "cache"}).out.find("Redis is now ready to exit, bye bye..."), std::string::npos);
}

}  // namespace
}  // namespace cutaway::cli
