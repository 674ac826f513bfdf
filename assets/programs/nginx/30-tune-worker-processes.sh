#!/bin/sh
# Sets the number of workers to the processors that the container may use, if it was asked to.
set -e

if [ -z "$NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE" ]; then
    exit 0
fi
sed -i "s/^worker_processes .*/worker_processes $(nproc);/" /etc/nginx/nginx.conf
