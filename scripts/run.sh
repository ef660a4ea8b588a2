#!/usr/bin/env bash
# What each make target does, as a list of steps. Every step is skipped or near instant when nothing changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset MAKEFLAGS MFLAGS MAKELEVEL # cargo would take make's job server for its own

source scripts/steps.sh
source scripts/system.sh
source scripts/setup.sh
source scripts/checks.sh
source scripts/peers.sh

target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
rastau=$target/debug/rastau
goal=${1:?run.sh GOAL}
shift

case $goal in
demo)
    steps 5
    step "Debian packages" system_packages build
    step "Models" prepare_models
    step "Web pages" build_web
    step "Server" build_server
    header "Demo"
    exec "$rastau" demo "$@"
    ;;
test)
    # The Rust tests come last, so that the run closes with their runner's count.
    steps 13
    gather_left_out "$target/left-out.txt"
    step "Debian packages" system_packages build test
    step "Models" prepare_models
    step "Web pages" build_web
    step "Server" build_server
    check "Formatting" check_formatting
    check "Clippy" check_clippy
    check "Dependencies" check_dependencies "$target/tools"
    check "Web pages: lint" check_web_lint
    check "Web pages: types" check_web_types
    check "Web pages: unit tests" test_web
    check "End to end in Chromium" test_end_to_end "$rastau"
    check "Documentation examples" test_documentation
    check "Rust tests" test_rust
    conclude_checks
    ;;
models)
    steps 2
    step "Debian packages" system_packages models
    step "Models" prepare_models
    ;;
web)
    steps 1
    step "Web pages" build_web
    ;;
build)
    steps 3
    step "Debian packages" system_packages build
    step "Web pages" build_web
    step "Server" build_server
    ;;
lint)
    steps 7
    step "Debian packages" system_packages build
    step "Web pages" build_web
    step "Formatting" check_formatting
    step "Clippy" check_clippy
    step "Web pages: lint" check_web_lint
    step "Web pages: types" check_web_types
    step "Dependencies" check_dependencies "$target/tools"
    ;;
pictures)
    steps 5
    step "Debian packages" system_packages build test
    step "Models" prepare_models
    step "Web pages" build_web
    step "Server" build_server
    step "Pictures" take_pictures "$rastau"
    ;;
bench)
    steps 4
    step "Debian packages" system_packages build
    step "Models" prepare_models
    step "Web pages" build_web
    step "Benchmarks" cargo bench --locked --bench capture --bench face --bench store
    ;;
bench-load)
    steps 4
    step "Debian packages" system_packages build
    step "Models" prepare_models
    step "Web pages" build_web
    step "Load" cargo bench --locked --bench load
    ;;
bench-peers)
    steps 5
    step "Debian packages" system_packages build
    step "Models" prepare_models
    step "Web pages" build_web
    step "Peers" prepare_peers "$target/peers"
    step "Two JPEG files to a similarity" measure_peers "$target/peers"
    ;;
bench-operators)
    steps 6
    step "Debian packages" system_packages build
    step "Models" prepare_models
    step "Web pages" build_web
    step "Server" cargo build --release --locked
    step "Peer" prepare_operator_peer
    step "Introspection and token issue" measure_operators "$target/release/rastau" "$target" "$@"
    ;;
bench-registry)
    steps 4
    step "Debian packages" system_packages build engines
    step "Web pages" build_web
    step "Build" cargo bench --locked --bench registry --no-run
    header "Restrictions registry"
    exec cargo bench --quiet --locked --bench registry -- "$@"
    ;;
bench-console)
    steps 4
    step "Debian packages" system_packages build engines
    step "Web pages" build_web
    step "Build" cargo bench --locked --bench console --no-run
    header "The staff's queue"
    exec cargo bench --quiet --locked --bench console -- "$@"
    ;;
bench-search)
    steps 3
    step "Debian packages" system_packages build
    step "Web pages" build_web
    step "Build" cargo bench --locked --bench search --no-run
    header "Search of a face"
    exec cargo bench --quiet --locked --bench search -- "$@"
    ;;
doctor)
    steps 4
    step "Debian packages" system_packages build
    step "Web pages" build_web
    step "Server" build_server
    header "Doctor"
    exec "$rastau" doctor "$@"
    ;;
clean)
    cargo clean
    rm -rf web/dist web/node_modules
    echo "The models stay; remove models/store by hand to fetch them again."
    ;;
*)
    echo "run.sh: no goal is called $goal" >&2
    exit 2
    ;;
esac
