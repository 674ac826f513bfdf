#!/usr/bin/env bash
# Prepares the data directory the first time, as the user postgres, then becomes the server.
set -e

# file_env NAME [DEFAULT]: the value may stand in the file that NAME_FILE names.
file_env() {
	eval "value=\${$1:-}"
	eval "file=\${$1_FILE:-}"
	if [ "$value" ] && [ "$file" ]; then
		echo "error: both $1 and $1_FILE are set (but are exclusive)" >&2
		exit 1
	fi
	if [ "$file" ]; then
		value=$(cat "$file")
	fi
	if [ -z "$value" ]; then
		value=${2:-}
	fi
	eval "export $1=\$value"
	unset "$1_FILE"
}

make_directories() {
	mkdir -p "$PGDATA"
	chmod 00700 "$PGDATA" || :
	mkdir -p /var/run/postgresql || :
	chmod 03775 /var/run/postgresql || :
	if [ "$(id -u)" = '0' ]; then
		chown -R postgres "$PGDATA"
		chown -R postgres /var/run/postgresql
	fi
}

need_password() {
	if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != 'trust' ]; then
		cat >&2 <<'END'
Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".

       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all
       connections without a password. This is *not* recommended.

       See PostgreSQL documentation about "trust":
       https://www.postgresql.org/docs/current/auth-trust.html
END
		exit 1
	fi
	if [ "$POSTGRES_HOST_AUTH_METHOD" = 'trust' ]; then
		cat >&2 <<'END'
********************************************************************************
WARNING: POSTGRES_HOST_AUTH_METHOD has been set to "trust". This will allow
         anyone with access to the Postgres port to access your database without
         a password, even if POSTGRES_PASSWORD is set. See PostgreSQL
         documentation about "trust":
         https://www.postgresql.org/docs/current/auth-trust.html
         In Docker's default configuration, this is effectively any other
         container on the same system.

         It is not recommended to use POSTGRES_HOST_AUTH_METHOD=trust. Replace
         it with "-e POSTGRES_PASSWORD=password" instead to set a password in
         "docker run".
********************************************************************************
END
	fi
}

# Since 18 the data lies in a directory of its major version: a volume at the old place would stay unused.
refuse_old_places() {
	if [ "$PG_MAJOR" -lt 18 ]; then
		return
	fi
	old=
	for place in /var/lib/postgresql /var/lib/postgresql/data; do
		if [ -s "$place/PG_VERSION" ]; then
			old=$place
		fi
	done
	if [ -z "$old" ] && grep -q ' /var/lib/postgresql/data ' /proc/self/mountinfo; then
		old='/var/lib/postgresql/data (unused mount/volume)'
	fi
	if [ -z "$old" ]; then
		return
	fi
	cat >&2 <<END
Error: in 18+, these Docker images are configured to store database data in a
       format which is compatible with "pg_ctlcluster" (specifically, using
       major-version-specific directory names).  This better reflects how
       PostgreSQL itself works, and how upgrades are to be performed.

       See also https://github.com/docker-library/postgres/pull/1259

       Counter to that, there appears to be PostgreSQL data in:
         $old

       This is usually the result of upgrading the Docker image without
       upgrading the underlying database using "pg_upgrade" (which requires both
       versions).

       The suggested container configuration for 18+ is to place a single mount
       at /var/lib/postgresql which will then place PostgreSQL data in a
       subdirectory, allowing usage of "pg_upgrade --link" without mount point
       boundary issues.

       See https://github.com/docker-library/postgres/issues/37 for a (long)
       discussion around this process, and suggestions for how to do so.
END
	exit 1
}

run_sql() {
	psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --no-password --no-psqlrc "$@"
}

prepare_files() {
	for f in /docker-entrypoint-initdb.d/*; do
		case "$f" in
			*.sh)
				if [ -x "$f" ]; then
					echo "$0: running $f"
					"$f"
				else
					echo "$0: sourcing $f"
					. "$f"
				fi
				;;
			*.sql) echo "$0: running $f"; run_sql --dbname "$POSTGRES_DB" -f "$f"; echo ;;
			*) echo "$0: ignoring $f" ;;
		esac
		echo
	done
}

prepare() {
	need_password
	refuse_old_places
	initdb --username="$POSTGRES_USER" --pwfile=/dev/stdin <<END
$POSTGRES_PASSWORD
END
	{
		echo
		if [ "$POSTGRES_HOST_AUTH_METHOD" = 'trust' ]; then
			echo '# warning trust is enabled for all connections'
			echo '# see https://www.postgresql.org/docs/17/auth-trust.html'
		fi
		echo "host all all all ${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}"
	} >> "$PGDATA/pg_hba.conf"
	pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
	if [ "$POSTGRES_DB" != 'postgres' ]; then
		run_sql --dbname postgres --set db="$POSTGRES_DB" <<'END'
CREATE DATABASE :"db" ;
END
		echo
	fi
	echo
	prepare_files
	pg_ctl -D "$PGDATA" -m fast -w stop
	echo
	echo 'PostgreSQL init process complete; ready for start up.'
	echo
}

if [ "${1#-}" != "$1" ]; then
	set -- postgres "$@"
fi

if [ "$1" = 'postgres' ]; then
	file_env 'POSTGRES_PASSWORD'
	file_env 'POSTGRES_USER' 'postgres'
	file_env 'POSTGRES_DB' "$POSTGRES_USER"
	: "${POSTGRES_HOST_AUTH_METHOD:=}"
	make_directories
	if [ "$(id -u)" = '0' ]; then
		exec gosu postgres "$0" "$@"
	fi
	if [ ! -s "$PGDATA/PG_VERSION" ]; then
		prepare
	else
		echo
		echo 'PostgreSQL Database directory appears to contain a database; Skipping initialization'
		echo
	fi
fi

exec "$@"
