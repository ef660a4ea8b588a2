# The open peers that comparison is measured beside, in an environment of their own under the build folder.

# prepare_peers FOLDER
prepare_peers() {
    local wanted=benches/peers/requirements.txt
    if ! cmp -s "$wanted" "$1/installed.txt"; then
        rm -rf "$1"
        python3 -m venv "$1/venv"
        "$1/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
            --only-binary :all: --require-hashes -r "$wanted"
        models/store/.venv/bin/python benches/peers/prepare.py "$1"
        cp "$wanted" "$1/installed.txt"
    fi
}

# measure_peers FOLDER: the last line is `cpu ratio R`.
measure_peers() { PEERS_PYTHON=$1/venv/bin/python PEERS_MODELS=$1 cargo bench --quiet --locked --bench peers; }

# The peer of what operators ask for, and the Node.js release that it wants.
prepare_operator_peer() {
    local folder=benches/operators/peer
    local installed=$folder/node_modules/.rastau-installed
    if [[ ! $installed -nt $folder/package-lock.json ]]; then
        (cd "$folder" && npm ci --no-audit --no-fund)
        touch "$installed"
    fi
}

# measure_operators BINARY FOLDER ARGS..: the servers share one core, the load has another.
measure_operators() {
    local binary=$1 scratch=$2
    shift 2
    RASTAU_BIN=$binary taskset -c 1 node benches/operators/main.mjs --core 0 --scratch "$scratch" "$@"
}
