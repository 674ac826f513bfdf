// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/engines.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "tests/host/docker_registry.h"

namespace cutaway::peers {

using host::Answer;
using host::Process;
using host::TempFolder;
using host::Words;

namespace {

std::string quoted(const std::string& word) { return "'" + word + "'"; }

std::string last_lines(const std::string& text, int count) {
    std::size_t from = text.size();
    for (int line = 0; line <= count && from != std::string::npos && from > 0; ++line) {
        from = text.rfind('\n', from - 1);
    }
    return from == std::string::npos ? text : text.substr(from);
}

// However long that takes: dockerd starts a container in 0.3 s here, and in ten on a machine that builds.
int run_to_its_end(Words words) {
    std::vector<char*> argv;
    for (std::string& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    pid_t pid = -1;
    int status = 0;
    if (::posix_spawn(&pid, argv.front(), nullptr, nullptr, argv.data(), environ) != 0 ||
        ::waitpid(pid, &status, 0) != pid) {
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// By hand, a newer client can be asked whether it was the words of the old one that differed.
std::string client_program() {
    const char* other = std::getenv("CUTAWAY_DOCKER");
    return other == nullptr ? docker_program : other;
}

Words processes_of(const std::string& mark) {
    Words found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
        if (host::has(host::text_of(entry.path() / "cmdline"), mark)) {
            found.push_back(entry.path().filename());
        }
    }
    return found;
}

// In every hierarchy, from the leaves up. False: something is still in there.
bool remove_cgroups(const std::string& name) {
    std::error_code error;
    bool gone = true;
    Words found;
    for (const auto& hierarchy : std::filesystem::directory_iterator("/sys/fs/cgroup", error)) {
        found.push_back(hierarchy.path() / name);
    }
    found.push_back("/sys/fs/cgroup/" + name);
    for (const std::string& top : found) {
        Words folders{top};
        for (std::filesystem::recursive_directory_iterator entry(top, error), end; !error && entry != end;
             entry.increment(error)) {
            if (entry->is_directory(error)) {
                folders.push_back(entry->path());
            }
        }
        for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
            ::rmdir(folder->c_str());
        }
        gone = gone && !std::filesystem::exists(top, error);
    }
    return gone;
}

}  // namespace

Engine::Engine(const TempFolder& folder, const std::string& name, const Words& command)
    : name_(name), folder_(folder.path(name)) {
    std::filesystem::create_directories(folder_ + "/bin");
    std::filesystem::create_directories(folder_ + "/home");
    std::string line = "#!/bin/sh\nexport HOME='" + folder_ + "/home'\nexec";
    for (const std::string& word : command) {
        line += " " + quoted(word);
    }
    host::write_file(folder_ + "/bin/docker", line + " \"$@\"\n");
    std::filesystem::permissions(folder_ + "/bin/docker", std::filesystem::perms(0755));
}

Said Engine::shell(const std::string& line) const {
    const std::string out = folder_ + "/out";
    const std::string err = folder_ + "/err";
    host::write_file(folder_ + "/line", line + "\n");
    const std::string script =
        R"(cd "$1/home" && PATH="$1/bin:$PATH" exec timeout 120 sh "$1/line" >"$1/out" 2>"$1/err" </dev/null)";
    const int status = run_to_its_end({"/bin/sh", "-c", script, "sh", folder_});
    return {host::text_of(out), host::text_of(err), status};
}

Dockerd::Dockerd(const TempFolder& folder) : folder_(folder), mark_("cutaway-peer-" + std::to_string(::getpid())) {
    if (!std::filesystem::exists(dockerd_program) || !std::filesystem::exists(docker_program)) {
        why_not_ = "docker.io is not installed";
        return;
    }
    host::write_file(folder_.path("daemon.json"), "{}\n");
    for (const char* driver : {"overlay2", "vfs"}) {
        if (starts(driver)) {
            why_not_.clear();
            return;
        }
        why_not_ = std::string("dockerd with ") + driver + " says: " + last_lines(daemon_->said(), 5);
        end();
    }
}

// Its own process namespace: when its first process is killed, everything that it ever started is.
bool Dockerd::starts(const std::string& driver) {
    const std::string inside =
        "mount --make-rprivate / && ip link set lo up && exec tini -g -- \"$@\"";  // tini reaps the shims
    Words words{"/bin/sh",
                "-c",
                "exec >\"$0\" 2>&1; exec \"$@\"",
                folder_.path("dockerd.log"),
                "/usr/bin/setpriv",
                "--pdeathsig",
                "KILL",
                "/usr/bin/unshare",
                "--mount",
                "--net",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc",
                "/bin/sh",
                "-c",
                inside,
                "sh"};
    const Words daemon{dockerd_program,
                       "--config-file=" + folder_.path("daemon.json"),
                       "--data-root=" + folder_.path("docker-data"),
                       "--exec-root=" + folder_.path("docker-exec"),
                       "--pidfile=" + folder_.path("docker.pid"),
                       "--host=unix://" + folder_.path("docker.sock"),
                       "--cgroup-parent=/" + mark_,
                       "--exec-opt=native.cgroupdriver=cgroupfs",
                       "--storage-driver=" + driver,
                       "--log-level=warn"};
    words.insert(words.end(), daemon.begin(), daemon.end());
    daemon_ = std::make_unique<Process>(words);
    bool answers = false;
    host::eventually(
        [&] {
            answers = Process(client({"version"})).finish().status == 0;
            return answers || has_ended();
        },
        60000);
    return answers;
}

bool Dockerd::has_ended() const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(daemon_->pid()), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid != 0;
}

Words Dockerd::client(const Words& command) const {
    Words words{"/usr/bin/env", "DOCKER_CONFIG=" + folder_.path("docker-config"),
                "DOCKER_HOST=unix://" + folder_.path("docker.sock"), client_program()};
    words.insert(words.end(), command.begin(), command.end());
    return words;
}

void Dockerd::end() {
    daemon_.reset();
    std::filesystem::remove(folder_.path("docker.pid"));
    EXPECT_TRUE(host::eventually([&] { return processes_of(folder_.path()).empty(); }, 60000));
    EXPECT_TRUE(host::eventually([&] { return remove_cgroups(mark_); }, 60000));
}

Dockerd::~Dockerd() {
    if (daemon_) {
        end();
    }
}

std::string make_rootfs(const TempFolder& folder) {
    const std::string tar = folder.path("rootfs.tar");
    const std::string script =
        "mkdir -p bin etc home/ada tmp var/www && chmod 1777 tmp && cp \"$1\" bin/busybox && for name in $(\"$1\" "
        "--list); do "
        "[ \"$name\" = busybox ] || ln -s busybox \"bin/$name\"; done && "
        "printf 'root:x:0:0:root:/root:/bin/sh\\nada:x:1000:1000:Ada:/home/ada:/bin/sh\\n' >etc/passwd && "
        "printf 'root:x:0:\\nada:x:1000:\\n' >etc/group && tar -cf \"$2\" *";
    std::filesystem::create_directories(folder.path("rootfs"));
    const Answer made =
        Process({"/bin/sh", "-c", "cd \"$0\" && " + script, folder.path("rootfs"), busybox_program, tar}).finish();
    EXPECT_EQ(made.status, 0) << made.out;
    return tar;
}

}  // namespace cutaway::peers
