#!/bin/sh
# Lets the default server listen on IPv6 too, where the machine has it and the file is as the package left it.
set -e

me=$(basename "$0")
conf=/etc/nginx/conf.d/default.conf

if [ ! -e /proc/net/if_inet6 ]; then
    echo "$me: info: ipv6 not available"
    exit 0
fi
if [ ! -w "$conf" ]; then
    echo "$me: info: can not modify $conf (read-only file system?)"
    exit 0
fi
if grep -q "listen  *\[::\]:80;" "$conf"; then
    echo "$me: info: IPv6 listen already enabled"
    exit 0
fi
echo "$me: info: Getting the checksum of $conf"
sed -i 's/listen       80;/listen       80;\n    listen  [::]:80;/' "$conf"
echo "$me: info: Enabled listen on IPv6 in $conf"
