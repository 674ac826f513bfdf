#!/bin/sh
# Lets the packaged server listen on IPv6 as well, where the machine has it and nobody changed the file.
set -e

name=$(basename "$0")
file=etc/nginx/conf.d/default.conf

say() {
    if [ -z "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ]; then
        echo "$name: $*"
    fi
}

if [ ! -f /proc/net/if_inet6 ]; then
    say "info: ipv6 not available"
    exit 0
fi
if [ ! -f "/$file" ]; then
    say "info: /$file is not a file or does not exist"
    exit 0
fi
if ! touch "/$file" 2>/dev/null; then
    say "info: can not modify /$file (read-only file system?)"
    exit 0
fi
if grep -q 'listen  *\[::\]:80;' "/$file"; then
    say "info: IPv6 listen already enabled"
    exit 0
fi
sed -i -E 's,listen       80;,listen       80;\n    listen  [::]:80;,' "/$file"
say "info: Enabled listen on IPv6 in /$file"
