#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pulls against peers, interleaved in one run: an image as big as nginx's and one as big as python's, made from this
machine's own files, from a docker-registry on loopback into an empty store. Beside Cutaway, as far as they are installed:
docker pull and ctr pull with daemons of their own, podman pull, skopeo copy with umoci unpack, and a floor that only
fetches, inflates, sums and untars, all layers at once. Medians of wall time and of processor time, which other work on
the machine disturbs less; of docker and ctr their daemon's is counted too. As root.
usage: pull.py CUTAWAY [ROUNDS] [FOLDER]...   each folder a file system: a tmpfs, an ext4; fresh names in it each time
       pull.py CUTAWAY --tracing PAIRS [FOLDER]   what a trace costs: pairs of pulls, with it and without"""
import contextlib
import http.client
import json
import math
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

PORT = 5987
SIZES = {"nginx": (10251, 195), "python": (42179, 758)}
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
QUIET = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def run(words, **more):
    subprocess.run(words, check=True, **QUIET, **more)


def measured(words):
    """Wall seconds, processor seconds and the biggest process's KiB, children included."""
    begin = time.monotonic()
    child = subprocess.Popen(words, **QUIET)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"pull.py: {words[0]} ended with {child.returncode}: {' '.join(words)}")
    return time.monotonic() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss


@contextlib.contextmanager
def daemon(words, ready):
    """Runs while the block does; `ready` is a command that succeeds once it answers. It is ended by its own number."""
    child = subprocess.Popen(words, **QUIET)
    try:
        for _ in range(600):
            if child.poll() is not None:
                raise SystemExit(f"pull.py: {words[0]} ended with {child.returncode}")
            if subprocess.run(ready, **QUIET).returncode == 0:
                break
            time.sleep(0.1)
        yield child.pid
    finally:
        child.terminate()
        child.wait()


def cpu_of(pid):
    """Processor seconds of a process and of those that it started and that still run."""
    total = 0.0
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        total = sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children", encoding="utf-8") as file:
                total += sum(cpu_of(child) for child in file.read().split())
    return total


def by_daemon(words, ready, pull):
    with daemon(words, ready) as pid:
        before = cpu_of(pid)
        wall, cpu, memory = measured(pull)
        return wall, cpu + cpu_of(pid) - before, memory


def by_docker(image, folder):
    at = ["-H", f"unix://{folder}/docker.sock"]
    return by_daemon(["dockerd", "--data-root", folder + "/data", "--exec-root", folder + "/exec", "--pidfile",
                      folder + "/docker.pid", "--bridge", "none", "--iptables=false", *at], ["docker", *at, "version"],
                     ["docker", *at, "pull", "-q", f"127.0.0.1:{PORT}/{image}:1"])


def by_ctr(image, folder):
    with open(folder + "/config.toml", "w", encoding="utf-8") as file:
        file.write('version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n')
    at = ["--address", folder + "/containerd.sock"]
    return by_daemon(["containerd", "--config", folder + "/config.toml", "--root", folder + "/root", "--state",
                      folder + "/state", *at], ["ctr", *at, "version"],
                     ["ctr", *at, "images", "pull", "--plain-http", f"127.0.0.1:{PORT}/{image}:1"])


def digests(image):
    asked = urllib.request.Request(f"http://127.0.0.1:{PORT}/v2/{image}/manifests/1", headers={"Accept": MANIFEST})
    with urllib.request.urlopen(asked) as answer:
        return [layer["digest"] for layer in json.load(answer)["layers"]]


def floor_words(image, folder, real):
    base = f"http://127.0.0.1:{PORT}/v2/{image}/blobs"
    script = "".join(
        f"{{ mkdir -p {folder}/{n}; curl -s {base}/{digest} | tee >(openssl dgst -sha256 >{folder}/{n}.packed) "
        f"| {INFLATE} -dc | tee >(openssl dgst -sha256 >{folder}/{n}.tar) | tar x --numeric-owner -C {folder}/{n}; }} &\n"
        for n, digest in enumerate(digests(image)))
    return ["bash", "-c", script + "wait\n" + (f"sync -f {folder}\n" if real else "")]


INFLATE = "igzip" if shutil.which("igzip") else "gzip"


def ours(cutaway, image, folder, *more, verb="pull"):
    flags = ["-q"] if verb == "pull" else []
    return [cutaway, "--world", "real", "--root", folder, *more, verb, *flags, f"127.0.0.1:{PORT}/{image}:1"]


def ways(cutaway, real):
    found = {"cutaway": lambda image, folder: measured(ours(cutaway, image, folder)),
             "floor": lambda image, folder: measured(floor_words(image, folder, real))}
    if shutil.which("dockerd") and shutil.which("docker"):
        found["docker"] = by_docker
    if shutil.which("containerd") and shutil.which("ctr"):
        found["ctr"] = by_ctr
    if shutil.which("podman"):
        found["podman"] = lambda image, folder: measured([
            "podman", "--root", folder + "/root", "--runroot", folder + "/run", "--storage-driver", "overlay", "pull",
            "-q", "--tls-verify=false", f"127.0.0.1:{PORT}/{image}:1"])
    if shutil.which("skopeo") and shutil.which("umoci"):
        found["skopeo, umoci"] = lambda image, folder: measured([
            "sh", "-c", f"skopeo --insecure-policy copy -q --src-tls-verify=false docker://127.0.0.1:{PORT}/{image}:1 "
            f"oci:{folder}/oci:1 && umoci unpack --image {folder}/oci:1 {folder}/bundle"])
    return found


def round_trip(image):
    """Seconds of the one question that a pull of what is there asks, from a process that runs already."""
    begin = time.monotonic()
    line = http.client.HTTPConnection("127.0.0.1", PORT)
    line.request("HEAD", f"/v2/{image}/manifests/1", headers={"Accept": MANIFEST})
    line.getresponse().read()
    line.close()
    return time.monotonic() - begin


def pull_again(cutaway, image, folder, taken):
    """The pull of what is there; then the same after a removal, which on ext4 is the harder one."""
    taken["again"].append(measured(ours(cutaway, image, folder)))
    taken["round trip"].append((round_trip(image), 0.0, 0))
    run(ours(cutaway, image, folder, verb="rmi"))
    taken["after rmi"].append(measured(ours(cutaway, image, folder)))


def measure(cutaway, rounds, where):
    kind = subprocess.run(["stat", "-f", "-c", "%T", where], check=True, capture_output=True, text=True).stdout.strip()
    print(f"\n{kind}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, floor with {INFLATE}")
    every = ways(cutaway, kind != "tmpfs")
    for image in SIZES:
        taken = {name: [] for name in [*every, *BESIDE]}
        for _ in range(rounds):
            for name, pull in every.items():
                folder = tempfile.mkdtemp(prefix="cutaway-bench-", dir=where)
                try:
                    taken[name].append(pull(image, folder))
                    if name == "cutaway":
                        pull_again(cutaway, image, folder, taken)
                finally:
                    run(["rm", "-rf", folder])
        report(image, taken)


def report(image, taken):
    median = {name: [statistics.median(one[i] for one in times) for i in range(3)] for name, times in taken.items()}
    ours_is = median["cutaway"]
    for name, (wall, cpu, memory) in median.items():
        against = name not in ("cutaway", *BESIDE)
        print(f"{image:8} {name:16} wall {wall:7.3f} s  cpu {cpu:7.3f} s  peak {memory / 1024:6.1f} MiB"
              + (f"   cutaway is {ours_is[0] / wall:5.2f} of its wall, {ours_is[1] / cpu:5.2f} of its cpu"
                 if against else ""))
    peers = {name: times[0] for name, times in median.items() if name not in ("cutaway", "floor", *BESIDE)}
    if peers:
        best = min(peers, key=peers.get)
        print(f"{image:8} of the best peer ({best}): {ours_is[0] / peers[best]:.2f} (to be 0.35 at most)")
    print(f"{image:8} of the floor: {ours_is[0] / median['floor'][0]:.2f} (to be 1.25 at most); after a removal "
          f"{median['after rmi'][0] / ours_is[0]:.2f} of the first time (1.3 at most); what is there: "
          f"{1000 * (median['again'][0] - median['round trip'][0]):.1f} ms beyond the round trip (15 at most)", flush=True)


BESIDE = ("again", "round trip", "after rmi")


def tracing(cutaway, pairs, where):
    """Each pair in the other order than the one before, so that what the machine does meanwhile falls on both."""
    logs = []
    for number in range(pairs):
        cpu = {}
        for traced in ((False, True) if number % 2 == 0 else (True, False)):
            folder = tempfile.mkdtemp(prefix="cutaway-bench-", dir=where)
            try:
                more = ["--trace", folder + "/trace"] if traced else []
                cpu[traced] = measured(ours(cutaway, "nginx", folder, *more))[1]
            finally:
                run(["rm", "-rf", folder])
        logs.append(math.log(cpu[True] / cpu[False]))
    mean = statistics.mean(logs)
    around = 1.96 * statistics.stdev(logs) / math.sqrt(len(logs))
    low, middle, high = (100 * (math.exp(value) - 1) for value in (mean - around, mean, mean + around))
    print(f"tracing costs {middle:+.2f} % of a pull's processor time, 95 % of the time between {low:+.2f} % and "
          f"{high:+.2f} % ({pairs} pairs; to be 3 % at most)")


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was begun is ended, and nothing stays behind
    cutaway = os.path.realpath(sys.argv[1] if len(sys.argv) > 1 else "build/core/cli/cutaway")
    rest = sys.argv[2:]
    pairs = int(rest[1]) if rest[:1] == ["--tracing"] and len(rest) > 1 else 0
    rounds = int(rest[0]) if rest and not pairs else 5
    folders = rest[2 if pairs else 1:] or ["/dev/shm"]
    for program in ("docker-registry", "skopeo", "curl", "openssl"):
        if not shutil.which(program):
            raise SystemExit(f"pull.py: {program} is not installed")
    work = tempfile.mkdtemp(prefix="cutaway-bench-", dir=folders[0])
    with open(work + "/registry.yml", "w") as file:
        file.write("version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\n"
                   f"storage: {{filesystem: {{rootdirectory: {work}/data}}}}\nhttp: {{addr: \"127.0.0.1:{PORT}\"}}\n")
    registry = subprocess.Popen(["docker-registry", "serve", work + "/registry.yml"], **QUIET)
    try:
        for image, (entries, megabytes) in SIZES.items():
            made = [os.path.join(os.path.dirname(os.path.realpath(__file__)), "make_image.py")]
            said = subprocess.run([*made, f"{work}/{image}", str(entries), str(megabytes)], check=True,
                                  capture_output=True, text=True).stdout
            print(f"{image}: {said}", end="")
            run(["skopeo", "--insecure-policy", "copy", "-q", "--dest-tls-verify=false", f"oci:{work}/{image}:1",
                 f"docker://127.0.0.1:{PORT}/{image}:1"])
            shutil.rmtree(f"{work}/{image}")
        for folder in folders:
            if pairs:
                tracing(cutaway, pairs, folder)
            else:
                measure(cutaway, rounds, folder)
    finally:
        registry.terminate()
        registry.wait()
        run(["rm", "-rf", work])


main()
