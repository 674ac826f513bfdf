#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An OCI image layout of five gzip layers from this machine's own files: as many entries and bytes as were asked for,
the same ones each time. Nothing is downloaded. usage: make_image.py FOLDER ENTRIES MEGABYTES"""
import gzip
import hashlib
import io
import json
import os
import random
import sys
import tarfile

SHARES = [0.40, 0.35, 0.18, 0.05, 0.02]  # of a real image's layers, the base first


def files_of_this_machine():
    found = []
    for top in ("/usr/lib", "/usr/share", "/usr/bin", "/usr/include", "/usr/sbin"):
        for folder, _, names in os.walk(top):
            for name in names:
                path = os.path.join(folder, name)
                info = os.lstat(path)
                if os.path.islink(path) or (os.path.isfile(path) and info.st_size < 4 << 20):
                    found.append((path, 0 if os.path.islink(path) else info.st_size))
    found.sort()
    random.Random(4).shuffle(found)
    return found


def choose(entries, size):
    """So many files, small ones first exchanged for bigger ones until they weigh enough."""
    every = files_of_this_machine()
    count = min(entries, len(every))
    chosen, spare = every[:count], sorted(every[count:], key=lambda one: one[1])
    chosen.sort(key=lambda one: one[1])
    weight = sum(one[1] for one in chosen)
    at = 0
    while weight < size and spare and at < count and spare[-1][1] > chosen[at][1]:
        big = spare.pop()
        weight += big[1] - chosen[at][1]
        chosen[at] = big
        at += 1
    at = count - 1
    spare_at = 0
    while weight > size and spare_at < len(spare) and spare[spare_at][1] < chosen[at][1]:
        weight += spare[spare_at][1] - chosen[at][1]
        chosen[at] = spare[spare_at]
        spare_at += 1
        at -= 1
    chosen.sort()
    return chosen


def directories_of(chosen):
    known = set()
    for path, _ in chosen:
        parent = os.path.dirname(path)
        while parent not in known and parent != "/":
            known.add(parent)
            parent = os.path.dirname(parent)
    return len(known)


def fitting(entries, size):
    """Directories are entries too, and every entry has a header."""
    count = entries
    for _ in range(6):
        chosen = choose(count, size - 900 * entries)
        count = int(count * entries / (len(chosen) + directories_of(chosen)))
    return chosen


def layers_of(chosen):
    total = sum(size for _, size in chosen)
    layers, weight, at = [[]], 0, 0
    bound = SHARES[0]
    for path, size in chosen:
        if weight > bound * total and at + 1 < len(SHARES):
            at += 1
            bound += SHARES[at]
            layers.append([])
        layers[-1].append(path)
        weight += size
    return layers


def tar_of(paths):
    out = io.BytesIO()
    known, entries = set(), 0
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in paths:
            parents = []
            parent = os.path.dirname(path)
            while parent not in known and parent != "/":
                known.add(parent)
                parents.append(parent)
                parent = os.path.dirname(parent)
            for name in reversed(parents):
                tar.add(name, arcname=name[1:], recursive=False)
                entries += 1
            tar.add(path, arcname=path[1:], recursive=False)
            entries += 1
    return out.getvalue(), entries


def main():
    folder, entries, size = sys.argv[1], int(sys.argv[2]), int(float(sys.argv[3]) * 1e6)
    blobs = os.path.join(folder, "blobs", "sha256")
    os.makedirs(blobs, exist_ok=True)

    def blob(data, kind):
        digest = hashlib.sha256(data).hexdigest()
        with open(os.path.join(blobs, digest), "wb") as file:
            file.write(data)
        return {"mediaType": "application/vnd.oci.image." + kind, "digest": "sha256:" + digest, "size": len(data)}

    layers, diff_ids, counted, plain = [], [], 0, 0
    for paths in layers_of(fitting(entries, size)):
        tar, entries_here = tar_of(paths)
        diff_ids.append("sha256:" + hashlib.sha256(tar).hexdigest())
        layers.append(blob(gzip.compress(tar, 6, mtime=0), "layer.v1.tar+gzip"))
        counted += entries_here
        plain += len(tar)
    config = {"architecture": "amd64", "os": "linux", "created": "2024-01-01T00:00:00Z", "config": {},
              "rootfs": {"type": "layers", "diff_ids": diff_ids},
              "history": [{"created": "2024-01-01T00:00:00Z", "created_by": "bench"} for _ in layers]}
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": blob(json.dumps(config).encode(), "config.v1+json"), "layers": layers}
    named = blob(json.dumps(manifest).encode(), "manifest.v1+json")
    named["annotations"] = {"org.opencontainers.image.ref.name": "1"}
    with open(os.path.join(folder, "index.json"), "w") as file:
        json.dump({"schemaVersion": 2, "manifests": [named]}, file)
    with open(os.path.join(folder, "oci-layout"), "w") as file:
        json.dump({"imageLayoutVersion": "1.0.0"}, file)
    packed = sum(layer["size"] for layer in layers)
    print(f"{len(layers)} layers, {packed / 1e6:.0f} MB packed, {plain / 1e6:.0f} MB unpacked, {counted} entries")


main()
