#!/bin/sh
# vim:sw=4:ts=4:et
set -e

say() {
    if [ -z "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ]; then
        echo "$0: $*"
    fi
}

prepare() {
    for script in /docker-entrypoint.d/*; do
        case "$script" in
            *.envsh)
                if [ -x "$script" ]; then
                    say "Sourcing $script"
                    . "$script"
                else
                    say "Ignoring $script, not executable"
                fi
                ;;
            *.sh)
                if [ -x "$script" ]; then
                    say "Launching $script"
                    "$script"
                else
                    say "Ignoring $script, not executable"
                fi
                ;;
            *) say "Ignoring $script" ;;
        esac
    done
}

case "$1" in
    nginx | nginx-debug)
        if ls /docker-entrypoint.d/* >/dev/null 2>&1; then
            say "/docker-entrypoint.d/ is not empty, will attempt to perform configuration"
            say "Looking for shell scripts in /docker-entrypoint.d/"
            prepare
            say "Configuration complete; ready for start up"
        else
            say "No files found in /docker-entrypoint.d/, skipping configuration"
        fi
        ;;
esac

exec "$@"
