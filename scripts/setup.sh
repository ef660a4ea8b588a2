# The set-up steps after the system packages: models, web pages, server.

prepare_models() { python3 models/prepare.py; }

build_web() {
    local installed=web/node_modules/.rastau-installed built=web/node_modules/.rastau-built
    if [[ ! $installed -nt web/package-lock.json ]]; then
        (cd web && npm ci --no-audit --no-fund)
        touch "$installed"
    fi
    if [[ ! -d web/dist || ! -e $built || -n $(web_changes_since "$built") ]]; then
        touch "$built.started" # a file saved during the build counts as newer
        (cd web && npm run build)
        mv "$built.started" "$built"
    fi
}

# What the example operators stand on; the browser tests run them.
install_examples() {
    local installed=examples/node/node_modules/.rastau-installed
    if [[ ! $installed -nt examples/node/package-lock.json ]]; then
        (cd examples/node && npm ci --no-audit --no-fund)
        touch "$installed"
    fi
    local venv=examples/python/.venv
    if [[ ! $venv/.rastau-installed -nt examples/python/requirements.txt ]]; then
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check -r examples/python/requirements.txt
        touch "$venv/.rastau-installed"
    fi
}

# The browser tests find it beside the server.
build_rust_operator() { cargo build --locked --example operator; }

# What holds the HTTP interface against its description.
install_fuzzer() {
    local folder=web/e2e/fuzzer
    if [[ ! $folder/.venv/.rastau-installed -nt $folder/requirements.txt ]]; then
        python3 -m venv "$folder/.venv"
        "$folder/.venv/bin/pip" install --quiet --disable-pip-version-check -r "$folder/requirements.txt"
        touch "$folder/.venv/.rastau-installed"
    fi
}

# Libraries of operators, for the tests of their protocol.
install_clients() {
    local folder=web/e2e/clients
    if [[ ! $folder/node_modules/.rastau-installed -nt $folder/package-lock.json ]]; then
        (cd "$folder" && npm ci --no-audit --no-fund)
        touch "$folder/node_modules/.rastau-installed"
    fi
    if [[ ! $folder/.venv/.rastau-installed -nt $folder/requirements.txt ]]; then
        python3 -m venv "$folder/.venv"
        "$folder/.venv/bin/pip" install --quiet --disable-pip-version-check -r "$folder/requirements.txt"
        touch "$folder/.venv/.rastau-installed"
    fi
}

# install_cargo_tools FOLDER: what looks at the dependencies. Built from source they would take longer than everything else.
install_cargo_tools() {
    if ! cmp -s scripts/requirements.txt "$1/installed.txt"; then
        rm -rf "$1"
        python3 -m venv "$1"
        "$1/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r scripts/requirements.txt
        cp scripts/requirements.txt "$1/installed.txt"
    fi
}

# web_changes_since STAMP: names one changed source, or nothing. Some documents are pages, too.
web_changes_since() {
    find docs/OPERATORS.md docs/API.md -newer "$1" -print -quit
    find web -mindepth 1 \( -path web/node_modules -o -path web/dist -o -path web/e2e \) -prune -o -newer "$1" -print -quit
}

# Demo and tests share this one build: the ordinary dev profile.
build_server() { python3 scripts/build.py --locked; }
