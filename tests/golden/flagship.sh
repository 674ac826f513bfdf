#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The flagship, traced, as text that a person reads: one line a step, its calls below. The same machine, seed and clock
# give the same text; a change of it is a change of the story, to be looked at. CUTAWAY_BLESS=1 writes it anew.
# usage: flagship.sh CUTAWAY GOLDEN_FILE
set -euo pipefail
cutaway=$1
golden=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CUTAWAY_ROOT=$work/root CUTAWAY_CLOCK=advance:1s CUTAWAY_WORLD=model

act() {  # name of the trace, then the command
    local name=$1
    shift
    timeout -s KILL 60 "$cutaway" --seed 1 --trace "$work/$name.jsonl" "$@" >"$work/$name.out" 2>&1 </dev/null || {
        echo "golden: $* ended with $?:" >&2
        cat "$work/$name.out" >&2
        exit 1
    }
    # The traces of what follows are parts of a longer story: the container was introduced when it was made.
    [ "$1" != run ] || timeout -s KILL 60 "$cutaway" trace lint "$work/$name.jsonl" >&2
    {
        echo "# cutaway $*"
        "$cutaway" trace export "$work/$name.jsonl"
        echo
    } >>"$work/story"
}

act run run -d -p 8080:80 --name web nginx
act curl sh -c 'curl -s localhost:8080'
act exec exec web cat /etc/hostname
act logs logs web
act stop stop web
act rm rm web
grep -q 'Welcome to nginx' "$work/curl.out" || { echo "golden: nginx did not answer" >&2; exit 1; }

if [ -n "${CUTAWAY_BLESS:-}" ]; then
    cp "$work/story" "$golden"
    exit 0
fi
diff -u "$golden" "$work/story" || { echo "golden: the story changed; if that was meant: CUTAWAY_BLESS=1" >&2; exit 1; }
