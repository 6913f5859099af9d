# shellcheck shell=bash
# What every script of the lab shares: where things are, how to say something, how to make something once.

lab_root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
lab_cache=${VROUTER_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vrouter-node-agent-lab}

# How lab-run ends when the scenario's own exit code is not what ended it; README.md documents them.
readonly lab_exit_usage=120 lab_exit_harness=121 lab_exit_panic=122 lab_exit_timeout=124

# Progress, for people; standard output belongs to the scenario.
lab_note() {
  [[ -n ${lab_quiet:-} ]] || printf 'lab: %s\n' "$*" >&2
}

lab_die() {
  printf 'lab: error: %s\n' "$*" >&2
  exit "$lab_exit_harness"
}

lab_usage_error() {
  printf 'lab: %s (see --help)\n' "$*" >&2
  exit "$lab_exit_usage"
}

# Prints the comment block that a script begins with: its help text.
lab_help() {
  sed -n '2,/^[^#]/{s/^# \{0,1\}//p;}' "$1"
}

# Hash of the named files' contents and names (relative to the lab, so that two checkouts share a cache)
# and of the extra words on standard input.
lab_hash() {
  {
    cat
    (cd "$lab_root" && sha256sum -- "$@")
  } | sha256sum | cut -c 1-16
}

# lab_make_once TARGET FUNCTION [ARGUMENT...]: makes the folder TARGET by calling FUNCTION ARGUMENT... WORK,
# unless it is there. WORK becomes TARGET by a rename when all is made, so that a set-up that dies leaves
# nothing half made; a lock makes concurrent set-ups wait for one another.
lab_make_once() {
  local target=$1
  shift
  [[ -d $target ]] && return 0
  mkdir -p -- "$(dirname -- "$target")"
  (
    flock 9
    [[ ! -d $target ]] || exit 0
    work=$target.making
    rm -rf -- "$work"
    mkdir -- "$work"
    "$@" "$work"
    mv -T -- "$work" "$target"
  ) 9>"$target.lock"
}

# For the ERR trap: says what failed, once, and ends with the lab's own code.
lab_failed() {
  local code=$1 command=$2
  ((code == lab_exit_harness)) || printf 'lab: error: %s: ended with %s\n' "$command" "$code" >&2
  exit "$lab_exit_harness"
}

# The shared objects (and the dynamic loader) that a program names; none when it is static.
lab_libraries() {
  { ldd "$1" 2>/dev/null || true; } | sed -n 's/^\(.* => \)\{0,1\}[[:space:]]*\(\/[^ ]*\) (0x.*/\2/p'
}

# Copies a program's libraries into a folder, at their own paths.
lab_copy_libraries() {
  local program=$1 into=$2 library absent
  absent=$({ ldd "$program" 2>/dev/null || true; } | sed -n 's/ => not found//p' | xargs)
  [[ -z $absent ]] || lab_die "$program needs libraries that this machine lacks: $absent"
  lab_libraries "$program" | while read -r library; do
    [[ -e $into$library ]] || install -D -- "$library" "$into$library"
  done
}
