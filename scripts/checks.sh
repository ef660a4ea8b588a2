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

check_dependencies() {
    if cargo deny --version >/dev/null 2>&1; then
        cargo deny --locked check
    elif [[ -n ${CI:-} ]]; then
        refuse "cargo-deny is not installed, and without it no licence and no advisory is looked at: cargo install --locked cargo-deny"
    else
        # The last step, so that it is the last thing read.
        printf '\nNOT CHECKED: licences, advisories and sources of the dependencies.\n%s\n' \
            "cargo-deny is not installed: cargo install --locked cargo-deny. With CI set this fails." >&2
    fi
}

# take_pictures BINARY: those of README, in docs/pictures.
take_pictures() { (cd web && RASTAU_BIN=$1 node e2e/pictures.mjs); }
