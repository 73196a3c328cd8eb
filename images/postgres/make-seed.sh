#!/bin/sh
# A database cluster as one tar, made once when the image is built: unpacking it takes 40 ms where initdb takes a second.
# It holds a database `app`, because renaming one costs nothing at start, and creating one copies 300 files.
set -eu
tar=$1 cluster=$(mktemp -d)
initdb -D "$cluster" -U postgres --auth=trust --wal-segsize=1 --no-sync >/dev/null
cat >>"$cluster/postgresql.conf" <<EOF
fsync = off
full_page_writes = off
synchronous_commit = off
jit = off
max_wal_size = 256MB
EOF
printf 'CREATE DATABASE app;\nCHECKPOINT;\n' | postgres --single -D "$cluster" postgres >/dev/null
pg_resetwal -D "$cluster" >/dev/null
tar -C "$cluster" -cf "$tar" .
rm -r "$cluster"
