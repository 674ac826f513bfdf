#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Walks the flagship through the stepper by pipe, forwards and backwards: what a place shows is the same from both sides.
# usage: walk.sh CUTAWAY
set -euo pipefail
cutaway=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

answers=()  # number of the answer to each command that gets a name, as name=number
count=0
type_line() { count=$((count + 1)); printf '%s\n' "$1" >>"$work/walk"; [ $# -lt 2 ] || answers+=("$2=$count"); }
look() { type_line 'show containers["web"]' "$1.container"; type_line 'show mounts' "$1.mounts"; }

type_line 'break step:"join the layers"' set
type_line 'break call:pivot_root'
type_line 'break count(mounts) > 5'
type_line continue;           look overlay
type_line plan overlay.plan;  type_line 'next call';  type_line why overlay.why
type_line continue;           look many
type_line continue;           look pivot
type_line plan pivot.plan;    type_line why pivot.why;  type_line where pivot.where;  type_line diff pivot.diff
type_line continue;           look ended
type_line 'break containers["web"].state == "running"'
type_line reverse-continue;   look running
type_line reverse-continue;   look pivot.back
type_line where pivot.back.where
type_line reverse-continue;   look many.back
type_line reverse-continue;   look overlay.back
type_line reverse-continue beginning
type_line continue;           look overlay.again
type_line 'run-to call:pivot_root'; look pivot.again
type_line back;               type_line next;           look pivot.there
type_line live;               look ended.again
type_line quit

timeout -s KILL 60 "$cutaway" --root "$work/root" --world model --clock frozen run -d -p 8080:80 --name web --step nginx \
    <"$work/walk" 2>"$work/said" >/dev/null

# The answer to the command N is what stands behind the Nth prompt.
awk -v work="$work" '
    {
        text = $0
        while (match(text, /\[model [0-9]+[^]]*\] /)) {
            printf "%s", substr(text, 1, RSTART - 1) > (work "/" n + 0)
            ++n
            text = substr(text, RSTART + RLENGTH)
        }
        print text > (work "/" n + 0)
    }
' "$work/said"

file_of() {
    local one
    for one in "${answers[@]}"; do
        [ "${one%=*}" != "$1" ] || { echo "$work/${one##*=}"; return; }
    done
}
failed=0
complain() { echo "walk: $1" >&2; failed=1; }
same() { cmp -s "$(file_of "$1")" "$(file_of "$2")" || complain "$1 and $2 differ"; }
differ() { ! cmp -s "$(file_of "$1")" "$(file_of "$2")" || complain "$1 and $2 are the same"; }
says() { grep -q -- "$2" "$(file_of "$1")" || { complain "$1 does not say: $2"; head -n 5 "$(file_of "$1")" >&2; }; }

for place in overlay many pivot; do
    same $place.container $place.back.container
    same $place.mounts $place.back.mounts
done
for what in container mounts; do
    same overlay.$what overlay.again.$what
    same pivot.$what pivot.again.$what
    same pivot.$what pivot.there.$what
    same ended.$what ended.again.$what
done
differ overlay.mounts pivot.mounts
differ pivot.container running.container
says overlay.plan 'mount -t overlay'
says overlay.why 'mount(2)'
says pivot.plan 'pivot_root'
says pivot.why 'pivot_root(2)'
says pivot.where 'step: '
says pivot.where 'Next: pivot_root'
says pivot.back.where 'Next: pivot_root'
says running.container '"state": "running"'
says beginning 'the beginning'
[ "$failed" = 0 ] || exit 1
echo "walk: $count commands, forwards and backwards"
