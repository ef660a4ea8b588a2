#!/usr/bin/env bash
# Records what the stores of this commit send to either database, as tests/it/store/statements/RELEASE:
#
#     bash scripts/statements.sh 0.2.0
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
release=${1:?the release, as in 0.2.0}
seen=$(mktemp -d)
trap 'rm -rf "$seen"' EXIT
# Without the tests of the schema itself, which take it apart.
RASTAU_RECORD_STATEMENTS=$seen cargo nextest run --locked -E 'test(/^store::/) - test(/^store::(schema|statements)::/)'
folder=tests/it/store/statements
rm -rf "${folder:?}"/*
mkdir -p "$folder/$release"
for engine in sqlite postgres; do
    LC_ALL=C sort -u "$seen/$engine.sql" | grep -v -e _sqlx_migrations -e sqlite_master -e pg_catalog >"$folder/$release/$engine.sql"
    wc -l "$folder/$release/$engine.sql"
done
