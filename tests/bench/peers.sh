#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Whole processes against peers, interleaved in one run, as medians and ratios: `run --rm --network none` of lab/hello
# against `crun run` of a bundle that is already there (crun only runs it; Cutaway also creates, records, supervises and
# removes), `oci run` against `crun run` of one bundle, and `exec` against `crun exec`. As root, on a quiet machine.
# usage: tests/bench/peers.sh [CUTAWAY] [ROUNDS]
set -euo pipefail
cutaway=$(realpath "${1:-build/core/cli/cutaway}")
rounds=${2:-21}
hello=$(dirname "$cutaway")/lab-hello
[ "$(id -u)" -eq 0 ] || { echo "peers: containers need root here" >&2; exit 1; }
command -v crun >/dev/null || { echo "peers: no crun here to compare with: install the package crun" >&2; exit 1; }
work=$(mktemp -d)
tidy() {
    "$cutaway" --world real --root "$work/root" rm -f long >/dev/null 2>&1 || true
    in_namespace crun delete -f long >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap tidy EXIT
us() { local now=$EPOCHREALTIME; echo "${now/[.,]/}"; }
median() { sort -n | awk '{at[NR] = $1} END {printf "%.2f", at[int((NR + 1) / 2)] / 1000}'; }
# crun refuses a machine that has both hierarchies: it sees a mount namespace without the second.
in_namespace() { unshare -m sh -c 'umount -l /sys/fs/cgroup/unified 2>/dev/null; exec "$@"' sh "$@"; }

mkdir -p "$work/bundle/rootfs"
cp "$hello" "$work/bundle/rootfs/hello"
(cd "$work/bundle" && crun spec)
sed -i -e 's/"terminal": true/"terminal": false/' -e 's/^\([[:space:]]*\)"sh"$/\1"\/hello"/' "$work/bundle/config.json"
mkdir "$work/long" && cp -r "$work/bundle/rootfs" "$work/long/rootfs"
sed 's/^\([[:space:]]*\)"\/hello"$/\1"\/hello", "sleep", "1000"/' "$work/bundle/config.json" >"$work/long/config.json"

real() { "$cutaway" --world real --root "$work/root" "$@" >/dev/null 2>&1 </dev/null; }
run_ours() { real run --rm --network none lab/hello; }
run_crun() { in_namespace crun run --bundle "$work/bundle" "bench$1" >/dev/null; }
run_bundle() { "$cutaway" oci --root "$work/oci" run --bundle "$work/bundle" "bench$1" >/dev/null 2>&1; }
exec_ours() { real exec long /hello; }
exec_crun() { in_namespace crun exec long /hello >/dev/null; }
no_namespace() { in_namespace true; }  # what crun's own namespace costs is taken off again

real pull lab/hello
real run -d --network none --name long lab/hello /hello sleep 1000
in_namespace crun run -d --bundle "$work/long" long >/dev/null 2>&1 </dev/null

for ((round = 0; round < rounds; ++round)); do
    for one in run_ours run_crun run_bundle exec_ours exec_crun no_namespace; do
        begin=$(us)
        "$one" "$round" || { echo "peers: $one failed" >&2; exit 1; }
        echo $(($(us) - begin)) >>"$work/$one"
    done
done
floor=$(median <"$work/no_namespace")
line() { awk -v what="$1" -v is="$(median <"$work/$2")" -v peer="$(median <"$work/$3")" -v floor="$floor" \
    'BEGIN {peer -= floor; printf "%-34s %8.2f ms   crun %8.2f ms   ratio %5.2f\n", what, is, peer, is / peer}'; }
line "run --rm --network none lab/hello" run_ours run_crun
line "oci run, the same bundle" run_bundle run_crun
line "exec" exec_ours exec_crun
