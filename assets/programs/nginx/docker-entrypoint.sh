#!/bin/sh
# Prepares nginx from what lies in /docker-entrypoint.d, then becomes the command.
set -e

log() {
    if [ -z "$NGINX_ENTRYPOINT_QUIET_LOGS" ]; then
        echo "$0: $*"
    fi
}

if [ "$1" = "nginx" ] || [ "$1" = "nginx-debug" ]; then
    if [ -n "$(ls /docker-entrypoint.d)" ]; then
        log "/docker-entrypoint.d/ is not empty, will attempt to perform configuration"
        log "Looking for shell scripts in /docker-entrypoint.d/"
        for file in /docker-entrypoint.d/*; do
            case "$file" in
                *.envsh)
                    if [ -x "$file" ]; then
                        log "Sourcing $file"
                        . "$file"
                    else
                        log "Ignoring $file, not executable"
                    fi
                    ;;
                *.sh)
                    if [ -x "$file" ]; then
                        log "Launching $file"
                        "$file"
                    else
                        log "Ignoring $file, not executable"
                    fi
                    ;;
                *) log "Ignoring $file" ;;
            esac
        done
        log "Configuration complete; ready for start up"
    else
        log "No files found in /docker-entrypoint.d/, skipping configuration"
    fi
fi

exec "$@"
