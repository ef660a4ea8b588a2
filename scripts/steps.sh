# Headers for steps: which of how many, and the seconds since the start.

steps_total=0
steps_done=0
failed_checks=()
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

# Ends the run with what failed, by name.
conclude_checks() {
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
