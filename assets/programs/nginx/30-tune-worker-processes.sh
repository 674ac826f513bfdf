#!/bin/sh
# Sets the number of workers to what the container may use of the machine, if that is asked for.
set -e

[ "${NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE:-}" ] || exit 0
name=$(basename "$0")
file=/etc/nginx/nginx.conf
if ! touch "$file" 2>/dev/null; then
    echo "$name: error: can not modify $file (read-only file system?)"
    exit 0
fi

count=$(grep -c '^processor' /proc/cpuinfo || true)
if [ -f /sys/fs/cgroup/cpu.max ]; then
    read -r quota period </sys/fs/cgroup/cpu.max
    if [ "$quota" != max ]; then
        limit=$(((quota + period - 1) / period))
        [ "$limit" -ge "$count" ] || count=$limit
    fi
fi
[ "$count" -gt 0 ] || count=1
sed -i -E "s/^worker_processes .*/worker_processes $count;/" "$file"
