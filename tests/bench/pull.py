#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pulls against peers, interleaved in one run: an image as big as nginx's and one as big as python's, made from this
machine's own files, from a docker-registry on loopback into an empty store. Beside Cutaway: podman pull, skopeo copy
with umoci unpack, and a floor that only fetches, inflates, sums and untars, all layers at once. Medians of wall time and
of processor time, which other work on the machine disturbs less. As root.
usage: pull.py CUTAWAY [ROUNDS] [FOLDER]...   each folder a file system: a tmpfs, an ext4; fresh names in it each time"""
import json
import os
import shutil
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


def ways(cutaway, real):
    def ours(image, folder, *more):
        return [cutaway, "--world", "real", "--root", folder, *more, "pull", "-q", f"127.0.0.1:{PORT}/{image}:1"]

    found = {"cutaway": ours, "cutaway traced": lambda image, folder: ours(image, folder, "--trace", folder + "/trace"),
             "floor": lambda image, folder: floor_words(image, folder, real)}
    if shutil.which("podman"):
        found["podman"] = lambda image, folder: [
            "podman", "--root", folder + "/root", "--runroot", folder + "/run", "--storage-driver", "overlay", "pull",
            "-q", "--tls-verify=false", f"127.0.0.1:{PORT}/{image}:1"]
    if shutil.which("skopeo") and shutil.which("umoci"):
        found["skopeo, umoci"] = lambda image, folder: [
            "sh", "-c", f"skopeo --insecure-policy copy -q --src-tls-verify=false docker://127.0.0.1:{PORT}/{image}:1 "
            f"oci:{folder}/oci:1 && umoci unpack --image {folder}/oci:1 {folder}/bundle"]
    return found


def measure(cutaway, rounds, where):
    kind = subprocess.run(["stat", "-f", "-c", "%T", where], check=True, capture_output=True, text=True).stdout.strip()
    print(f"\n{kind}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, floor with {INFLATE}")
    every = ways(cutaway, kind != "tmpfs")
    for image in SIZES:
        taken = {name: [] for name in [*every, "again"]}
        for _ in range(rounds):
            for name, words in every.items():
                folder = tempfile.mkdtemp(prefix="cutaway-bench-", dir=where)
                try:
                    taken[name].append(measured(words(image, folder)))
                    if name == "cutaway":
                        taken["again"].append(measured(words(image, folder)))
                finally:
                    run(["rm", "-rf", folder])
        report(image, taken)


def report(image, taken):
    median = {name: [statistics.median(one[i] for one in times) for i in range(3)] for name, times in taken.items()}
    ours = median["cutaway"]
    for name, (wall, cpu, memory) in median.items():
        print(f"{image:8} {name:16} wall {wall:7.3f} s  cpu {cpu:7.3f} s  peak {memory / 1024:6.1f} MiB"
              + (f"   cutaway is {ours[0] / wall:5.2f} of its wall, {ours[1] / cpu:5.2f} of its cpu"
                 if name not in ("cutaway", "again") else ""))


def main():
    cutaway = os.path.realpath(sys.argv[1] if len(sys.argv) > 1 else "build/core/cli/cutaway")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    folders = sys.argv[3:] or ["/dev/shm"]
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
            measure(cutaway, rounds, folder)
    finally:
        registry.terminate()
        registry.wait()
        run(["rm", "-rf", work])


main()
