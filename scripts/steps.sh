# Headers for steps: which of how many, and the seconds since the start.

steps_total=0
steps_done=0
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

# refuse SENTENCE
refuse() {
    echo "$1" >&2
    exit 1
}
