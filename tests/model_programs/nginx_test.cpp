// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/model_programs/fake_sys.h"

namespace cutaway::model {
namespace {

std::string slurp(const std::string& path) {
    std::ifstream in(path);
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}

void add_nginx(FakeMachine& machine) {
    for (const char* name : {"10-listen-on-ipv6-by-default.sh", "15-local-resolvers.envsh",
                             "20-envsubst-on-templates.sh", "30-tune-worker-processes.sh"}) {
        machine.file(std::string("/docker-entrypoint.d/") + name, slurp(std::string("assets/programs/nginx/") + name),
                     0755);
    }
    machine.file("/docker-entrypoint.sh", slurp("assets/programs/nginx/docker-entrypoint.sh"), 0755);
    machine.file("/etc/nginx/nginx.conf",
                 "user nginx;\nworker_processes auto;\nerror_log /var/log/nginx/error.log notice;\nevents { "
                 "worker_connections 1024; }\n"
                 "http {\n  include /etc/nginx/mime.types;\n  access_log /var/log/nginx/access.log main;\n  include "
                 "/etc/nginx/conf.d/*.conf;\n}\n");
    machine.file("/etc/nginx/conf.d/default.conf",
                 "server {\n    listen       80;\n    server_name localhost;\n    location / { root "
                 "/usr/share/nginx/html; index index.html; }\n}\n");
    machine.file("/usr/share/nginx/html/index.html", "<h1>Welcome to nginx!</h1>\n");
    machine.file("/usr/share/nginx/html/private/x", "");
    machine.file("/var/run/x", "");
    machine.link("/var/log/nginx/access.log", "/dev/stdout");
    machine.link("/var/log/nginx/error.log", "/dev/stderr");
    machine.env.push_back("NGINX_VERSION=1.25.5");
}

class Nginx : public testing::TestWithParam<bool> {};

TEST_P(Nginx, starts_by_its_entrypoint_serves_logs_and_stops) {
    FakeMachine machine;
    machine.reload = GetParam();
    add_nginx(machine);
    const Pid pid = machine.start({"/docker-entrypoint.sh", "nginx", "-g", "daemon off;"});
    machine.settle();
    EXPECT_EQ(machine.out(),
              "/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration\n"
              "/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/\n"
              "/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh\n"
              "10-listen-on-ipv6-by-default.sh: info: ipv6 not available\n"
              "/docker-entrypoint.sh: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh\n"
              "/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh\n"
              "/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh\n"
              "/docker-entrypoint.sh: Configuration complete; ready for start up\n");
    EXPECT_NE(machine.err().find("[notice] 2#2: start worker processes\n"), std::string::npos) << machine.err();
    EXPECT_EQ(machine.processes[pid].title, "nginx: master process nginx -g daemon off;");
    int workers = 0;
    for (const auto& [other, process] : machine.processes) {
        workers += process.title == "nginx: worker process" && process.uid == 101 ? 1 : 0;
    }
    EXPECT_EQ(workers, 2);
    const auto page = machine.run({"curl", "-s", "http://localhost/"});
    EXPECT_EQ(page.code, 0);
    EXPECT_NE(page.out.find("<h1>Welcome to nginx!</h1>"), std::string::npos);
    EXPECT_NE(
        page.out.find("127.0.0.1 - - [14/Nov/2023:22:13:20 +0000] \"GET / HTTP/1.1\" 200 27 \"-\" \"curl/8.7.1\""),
        std::string::npos)
        << page.out;
    const auto missing = machine.run({"curl", "-f", "localhost/none"});
    EXPECT_EQ(missing.code, 22);
    EXPECT_NE(missing.err.find(
                  "open() \"/usr/share/nginx/html/none\" failed (2: No such file or directory), client: 127.0.0.1"),
              std::string::npos)
        << missing.err;
    EXPECT_NE(machine.run({"curl", "-s", "localhost/private/"}).out.find("403 Forbidden"), std::string::npos);
    EXPECT_NE(machine.run({"curl", "-sI", "localhost"}).out.find("HTTP/1.1 200 OK\r\nServer: nginx/1.25.5\r\n"),
              std::string::npos);
    machine.kill(pid, 3);
    machine.settle();
    EXPECT_EQ(machine.code(pid), 0);
    const auto refused = machine.run({"curl", "localhost:80"});
    EXPECT_EQ(refused.code, 7);
    EXPECT_EQ(refused.err, "curl: (7) Failed to connect to localhost port 80 after 0 ms: Couldn't connect to server\n");
}

INSTANTIATE_TEST_SUITE_P(reloaded, Nginx, testing::Bool());

TEST(NginxConfig, refuses_what_it_does_not_know) {
    FakeMachine machine;
    add_nginx(machine);
    EXPECT_EQ(machine.run({"nginx", "-t"}).code, 0);
    machine.file("/etc/nginx/conf.d/x.conf", "server { location / { proxy_pass http://x; } }\n");
    const auto ended = machine.run({"nginx", "-t"});
    EXPECT_EQ(ended.code, 127);
    EXPECT_NE(ended.err.find("directive proxy_pass in /etc/nginx/conf.d/x.conf:1: not modelled"), std::string::npos)
        << ended.err;
    machine.file("/etc/nginx/conf.d/x.conf", "server {\n");
    EXPECT_EQ(machine.run({"nginx"}).err,
              "nginx: [emerg] unexpected end of file, expecting \"}\" in /etc/nginx/conf.d/x.conf:2\n");
}

TEST(Curl, says_which_name_it_could_not_resolve) {
    FakeMachine machine;
    const auto ended = machine.run({"curl", "http://nowhere/"});
    EXPECT_EQ(ended.code, 6);
    EXPECT_EQ(ended.err, "curl: (6) Could not resolve host: nowhere\n");
    EXPECT_EQ(machine.run({"curl", "-s", "http://nowhere/"}).err, "");
}

struct ToolCase {
    std::vector<std::string> argv;
    const char* input;
    const char* out;
    int code = 0;
};

TEST(Tools, do_what_their_grammar_says_reloaded_or_not) {
    const ToolCase cases[] = {
        {{"grep", "-n", "b.*d"}, "abc\nbxd\nx\n", "2:bxd\n"},
        {{"grep", "-vc", "a"}, "a\nb\nc\n", "2\n"},
        {{"grep", "-E", "^(x|y)+$"}, "xyx\nxz\n", "xyx\n"},
        {{"grep", "-iq", "ABC"}, "abc\n", ""},
        {{"grep", "zz"}, "abc\n", "", 1},
        {{"sed", "s/a\\(b*\\)c/[\\1]/g"}, "abbc ac\n", "[bb] []\n"},
        {{"sed", "-n", "2,3p"}, "1\n2\n3\n4\n", "2\n3\n"},
        {{"sed", "$d"}, "1\n2\n", "1\n"},
        {{"sed", "y/a/b/"}, "", "", 127},
        {{"head", "-n", "2"}, "1\n2\n3\n", "1\n2\n"},
        {{"tail", "-2"}, "1\n2\n3\n", "2\n3\n"},
        {{"sort", "-rn"}, "2\n10\n1\n", "10\n2\n1\n"},
        {{"sort", "-u"}, "b\na\nb\n", "a\nb\n"},
        {{"uniq", "-c"}, "a\na\nb\n", "      2 a\n      1 b\n"},
        {{"cut", "-d:", "-f1,3"}, "a:b:c\n", "a:c\n"},
        {{"tr", "-d", "0-9"}, "a1b2\n", "ab\n"},
        {{"wc", "-l"}, "a\nb\n", "2\n"},
        {{"seq", "3"}, "", "1\n2\n3\n"},
        {{"env", "-i", "A=1", "/bin/env"}, "", "A=1\n"},
        {{"whoami"}, "", "root\n"},
        {{"id"}, "", "uid=0(root) gid=0(root) groups=0(root)\n"},
        {{"id", "-Z"}, "", "", 127},
        {{"hostname"}, "", "box\n"},
        {{"date", "-u", "+%F %T"}, "", "2023-11-14 22:13:20\n"},
        {{"tini", "--", "sh", "-c", "exit 4"}, "", "", 4},
        {{"cat", "/no"}, "", "", 1},
        {{"mkdir", "/a/b"}, "", "", 1},
        {{"ls", "/root"}, "", ""},
        {{"sleep", "x"}, "", "", 1},
    };
    for (const bool reload : {false, true}) {
        for (const ToolCase& one : cases) {
            FakeMachine machine;
            machine.reload = reload;
            const auto ended = machine.run(one.argv, one.input);
            EXPECT_EQ(ended.out, one.out) << one.argv[0] << " " << ended.err;
            EXPECT_EQ(ended.code, one.code) << one.argv[0] << " " << ended.err;
        }
    }
}

TEST(Tools, make_move_and_remove_files) {
    FakeMachine machine;
    EXPECT_EQ(machine
                  .shell("mkdir -p /a/b/c && echo x > /a/b/c/f && cp -r /a /z && mv /z/b /z/d && cat /z/d/c/f && rm "
                         "-rf /a && ls /a")
                  .code,
              2);
    EXPECT_EQ(machine.read("/z/d/c/f"), "x\n");
    EXPECT_EQ(machine.shell("chmod 640 /z/d/c/f; chmod u+x /z/d/c/f; ls -l /z/d/c").out,
              "total 4\n-rwxr----- 1 root root 2 Jan  1  1970 f\n");
    EXPECT_EQ(machine.shell("ls /nope").err, "ls: cannot access '/nope': No such file or directory\n");
}

TEST(Docs, have_a_section_for_every_program) {
    const std::string text = slurp("docs/programs.md");
    for (const std::string_view name : program_names()) {
        EXPECT_NE(text.find("`" + std::string(name) + "`"), std::string::npos) << name;
    }
}

}  // namespace
}  // namespace cutaway::model
