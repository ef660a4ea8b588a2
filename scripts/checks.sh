# Checks and tests, one function each.

check_formatting() {
    if cargo fmt --version >/dev/null 2>&1; then
        cargo fmt --check
    else
        echo "skipped: this toolchain has no rustfmt"
    fi
}

check_clippy() {
    if cargo clippy --version >/dev/null 2>&1; then
        cargo clippy --all-targets --locked -- -D warnings
    else
        echo "skipped: this toolchain has no clippy"
    fi
}

check_web_types() { (cd web && npm run check); }

test_web() { (cd web && npm test); }

# test_end_to_end BINARY
test_end_to_end() { (cd web && RASTAU_BIN=$1 npm run e2e); }

test_documentation() { cargo test --doc --locked; }

test_rust() {
    if cargo nextest --version >/dev/null 2>&1; then
        cargo nextest run --locked
    else
        cargo test --locked --lib --bins --tests
    fi
}

check_dependencies() {
    if cargo deny --version >/dev/null 2>&1; then
        cargo deny --locked check
    else
        echo "skipped: cargo-deny is not installed"
    fi
}

# A throwaway PostgreSQL on a free loopback port; the tests find it by RASTAU_TEST_POSTGRES_URL.
start_postgres() {
    local bin port
    bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    [[ -x $bin/initdb ]] || { echo "skipped: no PostgreSQL server here"; return; }
    postgres_folder=$(mktemp -d)
    postgres_as=()
    if ((EUID == 0)); then # PostgreSQL refuses to run as root
        postgres_as=(runuser -u postgres --)
        chown postgres "$postgres_folder"
    fi
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    postgres_stop=("${postgres_as[@]}" "$bin/pg_ctl" --pgdata "$postgres_folder/data" --mode immediate stop)
    trap stop_postgres EXIT
    "${postgres_as[@]}" "$bin/initdb" --pgdata "$postgres_folder/data" --username rastau --auth trust --no-sync \
        --encoding UTF8 --locale C >/dev/null
    # Its data is thrown away, so it need not survive a power cut; the tests are quicker for it.
    "${postgres_as[@]}" "$bin/pg_ctl" --pgdata "$postgres_folder/data" --log "$postgres_folder/log" --wait --silent \
        --options "-p $port -c listen_addresses=127.0.0.1 -k $postgres_folder -c fsync=off -c max_connections=300" start
    export RASTAU_TEST_POSTGRES_URL=postgres://rastau@127.0.0.1:$port/postgres
    echo "$RASTAU_TEST_POSTGRES_URL"
}

stop_postgres() {
    "${postgres_stop[@]}" --silent >/dev/null 2>&1 || true
    rm -rf "$postgres_folder"
}
