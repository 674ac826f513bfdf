#!/bin/sh
# Fills the templates with the environment and puts them where nginx reads its configuration.
set -e

name=$(basename "$0")
from=${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
suffix=${NGINX_ENVSUBST_TEMPLATE_SUFFIX:-.template}
to=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}

[ -d "$from" ] || exit 0
if [ ! -w "$to" ]; then
    echo "$name: ERROR: $from exists, but $to is not writable"
    exit 0
fi
defined=$(env | cut -d = -f 1 | sed 's/.*/${&}/' | tr '\n' ' ')
for template in "$from"/*"$suffix"; do
    [ -f "$template" ] || continue
    file=$(basename "$template" "$suffix")
    echo "$name: Running envsubst on $template to $to/$file"
    envsubst "$defined" <"$template" >"$to/$file"
done
