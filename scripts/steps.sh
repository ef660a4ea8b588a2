# Headers for steps: which of how many, and the seconds since the start.

steps_total=0
steps_done=0
failed_checks=()
# What no check looked at, a line each; tests write here, too.
export RASTAU_LEFT_OUT=''
started_us=${EPOCHREALTIME//[.,]/}

# steps COUNT
steps() { steps_total=$1; }

# header TITLE
header() {
    steps_done=$((steps_done + 1))
    local tenths=$(((${EPOCHREALTIME//[.,]/} - started_us) / 100000))
    printf '==> [%d/%d] %s (%d.%d s)\n' "$steps_done" "$steps_total" "$1" $((tenths / 10)) $((tenths % 10))
}

# step TITLE COMMAND..: the command decides itself whether there is anything to do; a failure ends the run.
step() {
    header "$1"
    shift
    "$@"
}

# check TITLE COMMAND..: a failure is kept for the end, so that it hides no other.
check() {
    local title=$1 status
    header "$title"
    shift
    set +e
    (
        set -e
        "$@"
    )
    status=$?
    set -e
    ((status == 0)) || failed_checks+=("$title")
}

# gather_left_out FILE: from here on what is left out is kept there.
gather_left_out() {
    export RASTAU_LEFT_OUT=$1
    mkdir -p "$(dirname "$1")"
    : >"$1"
}

# leave_out SENTENCE
leave_out() {
    echo "not checked: $1"
    [[ -z $RASTAU_LEFT_OUT ]] || echo "$1" >>"$RASTAU_LEFT_OUT"
}

# Ends the run with what was left out, and what failed, by name.
conclude_checks() {
    if [[ -s $RASTAU_LEFT_OUT ]]; then
        printf '\nNot checked, and how often:\n'
        LC_ALL=C sort "$RASTAU_LEFT_OUT" | uniq -c
    fi
    ((${#failed_checks[@]} == 0)) && return
    printf '\n%d of the checks failed:\n' "${#failed_checks[@]}" >&2
    printf '  - %s\n' "${failed_checks[@]}" >&2
    return 1
}

# refuse SENTENCE
refuse() {
    echo "$1" >&2
    exit 1
}
