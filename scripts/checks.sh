# Checks and tests, one function each.

check_formatting() {
    cargo fmt --check
}

check_clippy() {
    cargo clippy --all-targets --locked -- -D warnings
}

# Formatting first: it is quick, and says what to do.
check_web_lint() { (cd web && npm run format:check && npm run lint); }

check_web_types() { (cd web && npm run check); }

test_web() { (cd web && npm test); }

# test_end_to_end BINARY
test_end_to_end() {
    install_examples
    build_rust_operator
    install_fuzzer
    install_clients
    (cd web && RASTAU_BIN=$1 npm run e2e)
}

test_documentation() { cargo test --doc --locked; }

test_rust() {
    if cargo nextest --version >/dev/null 2>&1; then
        cargo nextest run --locked --no-fail-fast
    else
        cargo test --locked --no-fail-fast --lib --bins --tests
    fi
}

# check_dependencies TOOLS: none that is not used, none from elsewhere or under a licence that we may not have; and advisories,
# where their database can be had.
check_dependencies() {
    install_cargo_tools "$1"
    "$1/bin/cargo-shear" --deny-warnings
    "$1/bin/cargo-deny" --locked check licenses bans sources
    if "$1/bin/cargo-deny" --locked fetch db 2>/dev/null; then
        "$1/bin/cargo-deny" --locked check advisories
    else
        leave_out "advisories of dependencies: their database, on github.com, cannot be had here"
    fi
}

# take_pictures BINARY: those of README, in docs/pictures.
take_pictures() { (cd web && RASTAU_BIN=$1 node e2e/pictures.mjs); }
