# What .ci/run and its helpers share: running steps with a limit, counting them, and saying plainly what was skipped.
# It decides nothing about what is checked.

export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}
# A build machine keeps nothing between two runs: incremental state would only cost it time and disk.
[[ -n ${CI-} ]] && export CARGO_INCREMENTAL=0
# A difference is a failure here; nothing may rewrite a snapshot.
export INSTA_UPDATE=no

WORK_DIR="$(realpath -m "${CARGO_TARGET_DIR:-target}")/ci"
export WORK_DIR
mkdir -p "$WORK_DIR"
TREE_BEFORE="$WORK_DIR/tree-before"
SKIP_REASON="$WORK_DIR/skip-reason"
readonly SKIPPED=77 # the exit code by which a step says that it could not be done on this machine

# Ends the step as skipped, with one sentence that says why.
skip() {
    printf '%s\n' "$1" >"$SKIP_REASON"
    exit "$SKIPPED"
}

# The README must hold the command as a line of its own, so that what is checked is what a newcomer types.
readme_names() {
    grep -Fxq -- "$1" README.md && return
    echo "README.md has no line that reads exactly: $1" >&2
    return 1
}

# The state of the tree: untracked and changed files, and what changed in them.
tree_state() {
    git status --porcelain && git diff HEAD | git hash-object --stdin
}

list_steps() {
    local name limit headline
    for entry in "${STEPS[@]}"; do
        IFS='|' read -r name limit headline <<<"$entry"
        printf '%-10s %s\n' "$name" "$headline"
    done
}

# Narrows STEPS to the named ones, in the order of the table.
select_steps() {
    local wanted entry known chosen=()
    for wanted in "$@"; do
        known=
        for entry in "${STEPS[@]}"; do [[ ${entry%%|*} == "$wanted" ]] && known=1; done
        [[ $known ]] || {
            echo "unknown step '$wanted': 'bash .ci/run --list' shows them" >&2
            return 2
        }
    done
    for entry in "${STEPS[@]}"; do
        for wanted in "$@"; do [[ ${entry%%|*} == "$wanted" ]] && chosen+=("$entry"); done
    done
    [[ ${#chosen[@]} -gt 0 ]] || {
        echo "--step needs at least one name: 'bash .ci/run --list' shows them" >&2
        return 2
    }
    STEPS=("${chosen[@]}")
}

clock() {
    printf '%d min %02d s' $(($1 / 60)) $(($1 % 60))
}

RUNNING=
interrupted() {
    [[ $RUNNING ]] && kill -TERM "$RUNNING" && wait "$RUNNING"
    echo 'interrupted: the steps after this one did not run'
    exit 130
}

run_steps() {
    trap interrupted INT TERM
    local passed=0 failed=() skipped=() times=() name limit headline entry began left code outcome
    SECONDS=0
    rm -f "$TREE_BEFORE"
    git rev-parse --verify -q HEAD >/dev/null 2>&1 && tree_state >"$TREE_BEFORE"
    for entry in "${STEPS[@]}"; do
        IFS='|' read -r name limit headline <<<"$entry"
        printf '\n=== %s: %s\n' "$name" "$headline"
        rm -f "$SKIP_REASON"
        began=$SECONDS
        left=$((TOTAL_SECONDS - SECONDS))
        ((left < limit)) && limit=$left
        if ((limit <= 0)); then
            echo "no time left: the run may last $(clock "$TOTAL_SECONDS")"
            code=124
        else
            # In the background, so that an interrupt of the whole run reaches the step: it has a process group of its own.
            timeout --kill-after=20 "$limit" bash .ci/run --one "$name" </dev/null &
            RUNNING=$!
            wait "$RUNNING"
            code=$?
            RUNNING=
        fi
        case $code in
        0)
            outcome=passed
            passed=$((passed + 1))
            ;;
        "$SKIPPED")
            outcome=SKIPPED
            skipped+=("$name: $(cat "$SKIP_REASON" 2>/dev/null || echo 'no reason given')")
            echo "SKIPPED: ${skipped[-1]}"
            ;;
        *)
            outcome=FAILED
            failed+=("$name: $headline")
            ((code == 124 || code == 137)) && echo "stopped after $(clock "$limit"), the limit of this step"
            ;;
        esac
        times+=("$(printf '%-10s %-8s %s' "$name" "$outcome" "$(clock $((SECONDS - began)))")")
        printf -- '--- %s: %s after %s\n' "$name" "$outcome" "$(clock $((SECONDS - began)))"
    done

    printf '\n=== All steps, %s\n' "$(clock "$SECONDS")"
    printf '%s\n' "${times[@]}"
    ((${#skipped[@]})) && printf 'SKIPPED: %s\n' "${skipped[@]}"
    ((${#failed[@]})) && printf 'FAILED: %s\n' "${failed[@]}"
    printf '\n%d passed, %d failed, %d skipped\n' "$passed" "${#failed[@]}" "${#skipped[@]}"
    ((${#failed[@]} == 0))
}
