# Shared by up, down, status and test: where things are, how progress and failures are shown.
# Sourced, never run. Every concern has its own file beside this one.
set -Eeuo pipefail
umask 022

DEPLOY="$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"
ROOT="$(dirname "$DEPLOY")"
DATA="${PLATFORM_DATA:-/var/lib/platform}"
ENV_FILE="$DATA/platform.env"
LOGS="$DATA/log"

for part in env packages feed postgres rabbitmq kannel dashboard services supervisor health; do
  # shellcheck source=/dev/null
  source "$DEPLOY/lib/$part.sh"
done

# die WHAT DO: every failure says what went wrong and what to do about it.
die() {
  trap - ERR
  printf '\n\nFailed: %s\n    Do: %s\n' "$1" "$2" >&2
  exit 70
}

# 70 comes out of a subshell that has said what went wrong already, 141 means that nobody reads our output any more.
on_error() {
  if (($1 == 70 || $1 == 141)); then exit "$1"; fi
  die "'$2' ended with code $1 ($3:$4)" "look at the lines above and at $LOGS/up.log, then run the same command again: it continues where it stopped"
}
trap 'on_error $? "$BASH_COMMAND" "${BASH_SOURCE[0]##*/}" $LINENO' ERR

say() { printf '%s ' "$*"; }

# step NAME FUNCTION [ARGUMENT...]: one progress line, "[3/11] PostgreSQL ... ready (2 s)".
STEP=0
step() {
  local name=$1 began=$SECONDS
  shift
  STEP=$((STEP + 1))
  printf '[%d/%d] %s ... ' "$STEP" "$STEPS" "$name"
  "$@"
  printf 'ready (%d s)\n' $((SECONDS - began))
}

# quiet ADVICE COMMAND...: its output goes to up.log; a failure shows the end of it.
# A sign of life every 15 seconds, because a silent minute looks like a hang.
quiet() {
  local advice=$1 began=$SECONDS shown=$SECONDS code=0 pid output
  shift
  output=$(mktemp)
  "$@" >"$output" 2>&1 9>&- &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    if ((SECONDS - shown >= 15)); then say "($((SECONDS - began)) s)"; shown=$SECONDS; fi
  done
  wait "$pid" || code=$?
  [[ ! -d $LOGS ]] || { printf '\n== %s %s\n' "$(date -Is)" "${*:1:3}"; cat "$output"; } >>"$LOGS/up.log"
  if ((code != 0)); then
    printf '\n' >&2
    tail -n 25 "$output" >&2
    rm -f "$output"
    die "'${*:1:3}' ended with code $code (its last lines are above)" "$advice"
  fi
  rm -f "$output"
}

require_root() {
  ((EUID == 0)) || die "this must run as root, because it installs packages and starts programs as system users" "sudo deploy/$(basename "$0")"
}

# One up, down or test at a time for a data folder. The descriptor is closed for everything that is left running (9>&-).
lock() {
  mkdir -p "$DATA"
  exec 9>"$DATA/.lock"
  flock -n 9 || die "another deploy command is at work on $DATA" "wait until it has ended, then run this again"
}
