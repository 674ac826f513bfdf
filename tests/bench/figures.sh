#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Whole processes, timed from outside: medians in milliseconds beside a static program that does nothing, and what they
# may be. Run it on a quiet machine; the state lies in TMPDIR, best a tmpfs.
# usage: tests/bench/figures.sh [CUTAWAY] [ROUNDS]
set -euo pipefail
cutaway=$(realpath "${1:-build/core/cli/cutaway}")
rounds=${2:-21}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CUTAWAY_CLOCK=advance:1s CUTAWAY_WORLD=model
printf 'int main(void) { return 0; }\n' | cc -O2 -static -x c -o "$work/true" -

us() { local now=$EPOCHREALTIME; echo "${now/[.,]/}"; }
quiet() { "$@" >/dev/null 2>&1 </dev/null || { echo "figures: $* ended with $?" >&2; exit 1; }; }
median() { sort -n | awk '{at[NR] = $1} END {printf "%.2f", at[int((NR + 1) / 2)] / 1000}'; }

flagship() {
    quiet "$cutaway" --root "$1" --trace "$work/pull.jsonl" pull nginx
    quiet "$cutaway" --root "$1" --trace "$work/run.jsonl" run -d -p 8080:80 --name web nginx
    quiet "$cutaway" --root "$1" --trace "$work/curl.jsonl" sh -c 'curl -s localhost:8080'
    quiet "$cutaway" --root "$1" --trace "$work/exec.jsonl" exec web cat /etc/hostname
    quiet "$cutaway" --root "$1" --trace "$work/stop.jsonl" stop web
    quiet "$cutaway" --root "$1" --trace "$work/rm.jsonl" rm web
}

measure() {  # a name, then what to do; a fresh state each time
    local name=$1 round begin end
    shift
    for ((round = 0; round < rounds; ++round)); do
        rm -rf "$work/root"
        begin=$(us)
        "$@" "$work/root"
        end=$(us)
        echo $((end - begin))
    done | median >"$work/$name"
}

nothing() { quiet "$work/true"; }
version() { quiet "$cutaway" --version; }
hello() { quiet "$cutaway" --root "$1" run --rm alpine echo hello; }

for one in nothing version hello flagship; do
    measure $one $one
done
report() { awk -v what="$1" -v is="$2" -v most="$3" \
    'BEGIN {printf "%-52s %8.2f ms   at most %6.2f   %s\n", what, is, most, is <= most ? "ok" : "TOO MUCH"}'; }
base=$(<"$work/nothing")
above=$(awk -v a="$(<"$work/version")" -v b="$base" 'BEGIN {print a - b}')
printf '%-52s %8.2f ms\n' "a static program that does nothing" "$base"
report "cutaway --version, above that" "$above" 2
report "cutaway run --rm alpine echo hello, cold" "$(<"$work/hello")" 30
report "flagship: pull, run -d, curl, exec, stop, rm, traced" "$(<"$work/flagship")" 150

# A machine with two hundred containers: ps, a run against the first, and a stop that shows ten seconds and takes none.
crowd="$work/crowd"
on_crowd() { quiet "$cutaway" --root "$crowd" "$@"; }
timed() {  # rounds of a command on that machine
    local count=$1 round begin
    shift
    for ((round = 0; round < count; ++round)); do
        begin=$(us)
        on_crowd "$@"
        echo $(($(us) - begin))
    done | median
}
on_crowd pull alpine
first=$(timed 5 run -d alpine sleep 100000)
on_crowd run -d --name deaf alpine sleep 100000
stop=$(timed 1 stop deaf)
for ((one = 0; one < 200; ++one)); do on_crowd run -d alpine sleep 100000; done
report "stop of a process that ignores SIGTERM" "$stop" 20
ps=$(timed "$rounds" ps)
report "ps with 200 containers" "$ps" 20
run=$(timed 5 run -d alpine sleep 100000)
report "run with 200 containers" "$run" "$(awk -v a="$first" 'BEGIN {print a * 1.5}')"
ratios() { awk -v ps="$ps" -v run="$run" -v first="$first" -v version="$(<"$work/version")" \
    'BEGIN {printf "%-52s run %.1f times the first, ps %.1f times --version\n", "as ratios", run / first, ps / version}'; }
ratios

# A machine with a life of a million events: containers that come, talk and go, and one that stays. Looked at as it is, and
# with a tape, which begins with what all of it came to.
crowd="$work/long"
rm -rf "$work/crowd" "$work/root"
on_crowd run -d -p 8080:80 --name stays nginx
for ((one = 0; one < 50; ++one)); do
    on_crowd run --name talks alpine seq 19900
    on_crowd rm talks
done
events=$(cat "$crowd"/journal.jsonl "$crowd"/journal/*.jsonl | wc -l)
printf '%-52s %8d events\n' "a long life" "$events"
report "ps behind it" "$(timed "$rounds" ps)" 30
report "ps behind it, with a tape of what was found" "$(timed "$rounds" --trace "$work/tape.jsonl" ps)" 30
