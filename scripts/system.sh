# Debian packages: asked for only when missing, installed only where this user may.

# system_packages models|build|test|engines..
system_packages() {
    local wanted=() missing=() purpose
    for purpose in "$@"; do
        case $purpose in
        build) wanted+=(build-essential libopencv-dev clang libclang-dev pkg-config) ;;
        test)
            wanted+=(postgresql chromium exim4-daemon-light openssl libjpeg-turbo-progs)
            wanted+=(nginx libnginx-mod-http-js haproxy apache2-bin libapache2-mod-oauth2 gettext-base)
            ;;
        engines) wanted+=(postgresql sqlite3) ;;
        esac
    done
    # Debian's python3 comes without venv; another Python usually has it.
    if [[ ! -e models/store/.venv/ready ]] && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        wanted+=(python3 python3-venv)
    fi
    require_tools
    ((${#wanted[@]} == 0)) && return
    if ! command -v dpkg-query >/dev/null; then
        echo "not a Debian system, so it is taken as given that these are here: ${wanted[*]}"
        return
    fi
    mapfile -t missing < <(missing_of "${wanted[@]}")
    ((${#missing[@]} == 0)) && return
    install_packages "${missing[@]}"
}

missing_of() {
    local installed
    installed=$(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
    local package
    for package in "$@"; do
        grep -qx "installed $package" <<<"$installed" || echo "$package"
    done
}

install_packages() {
    local as_root=()
    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null || { ! sudo -n true 2>/dev/null && [[ ! -t 0 ]]; }; then
            refuse "missing Debian packages, please run: sudo apt-get install --no-install-recommends $*"
        fi
        as_root=(sudo)
    fi
    echo "installing $*"
    "${as_root[@]}" apt-get -qq update
    "${as_root[@]}" bash -c "$WITHOUT_SERVICES" -- env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq install -y --no-install-recommends -o Dpkg::Use-Pty=0 "$@"
}

# Runs a command whose packages start no service (invoke-rc.d asks this file): tests start what they need by themselves, on ports
# of their own, and port 80 may be somebody's.
WITHOUT_SERVICES='
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
    trap "rm -f $policy" EXIT
    printf "#!/bin/sh\nexit 101\n" >"$policy"
    chmod 755 "$policy"
fi
"$@"
'

# What no step installs: Rust, Python 3 and Node are the reader's own choice of version manager.
require_tools() {
    local tool
    for tool in cargo python3 node npm; do
        command -v "$tool" >/dev/null || refuse "missing $tool: Rust 1.94, Python 3.11 and Node 20 or newer must be on the PATH"
    done
}
