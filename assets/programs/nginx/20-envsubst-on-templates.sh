#!/bin/sh
# Fills in the environment's values in /etc/nginx/templates, one configuration file each.
set -e

me=$(basename "$0")
from=${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
to=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}

if [ ! -d "$from" ]; then
    exit 0
fi
for template in "$from"/*.template; do
    name=$(basename "$template" .template)
    echo "$me: Running envsubst on $template to $to/$name"
    envsubst < "$template" > "$to/$name"
done
