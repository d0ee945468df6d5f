# One supervisor per data folder keeps every program alive. Nothing starts by itself: up starts them in order.

SUPERVISOR="$DATA/supervisor"

# write_file OWNER MODE PATH: standard input to a file that no other user can read meanwhile; untouched when nothing changed.
write_file() {
  local new="$3.new"
  (umask 077; cat >"$new")
  if cmp -s "$new" "$3"; then rm "$new"; return; fi
  chown "$1" "$new"
  chmod "$2" "$new"
  mv "$new" "$3"
}

# quoted_environment KEY=value...: supervisor's own notation.
quoted_environment() {
  local pair value separator=
  for pair in "$@"; do
    value=${pair#*=}
    # supervisor expands % itself.
    printf '%s%s="%s"' "$separator" "${pair%%=*}" "${value//%/%%}"
    separator=,
  done
}

# configured_by FILE...: an environment entry that changes with these files, so that a program restarts when they do.
configured_by() { quoted_environment PLATFORM_CONFIG="$(cat "$@" | sha256sum | cut -c 1-16)"; }

# program NAME USER PRIORITY COMMAND [LINE...]: adds one program to the configuration that is being written.
program() {
  local name=$1 user=$2 priority=$3 command=$4
  shift 4
  {
    printf '[program:%s]\n' "$name"
    printf '%s\n' "command=$command" "user=$user" "priority=$priority" autostart=false autorestart=true startsecs=1 startretries=1000 \
      "directory=/" stopwaitsecs=30 redirect_stderr=true "stdout_logfile=$LOGS/$name.log" stdout_logfile_maxbytes=10MB stdout_logfile_backups=5 "$@" |
      awk -F= '{ last[$1] = $0; if (!($1 in seen)) { order[++n] = $1; seen[$1] } } END { for (i = 1; i <= n; i++) print last[order[i]] }' |
      sed 's/%/%%/g'
    printf '\n'
  } >>"$SUPERVISOR/programs.new"
}

supervisor_configure() {
  install -d -m 0700 "$SUPERVISOR"
  (umask 077; : >"$SUPERVISOR/programs.new")
  postgres_configure
  rabbitmq_configure
  kannel_configure
  dashboard_configure
  services_configure
  {
    cat <<END
[unix_http_server]
file=$SUPERVISOR/socket
chmod=0700

[supervisord]
logfile=$LOGS/supervisord.log
logfile_maxbytes=10MB
logfile_backups=5
pidfile=$SUPERVISOR/pid
childlogdir=$LOGS
minfds=8192
user=root

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://$SUPERVISOR/socket

END
    cat "$SUPERVISOR/programs.new"
  } | write_file root:root 0600 "$SUPERVISOR/supervisord.conf"
  rm "$SUPERVISOR/programs.new"
}

ctl() { supervisorctl -c "$SUPERVISOR/supervisord.conf" "$@"; }

supervisor_running() { [[ -S $SUPERVISOR/socket ]] && ctl pid >/dev/null 2>&1; }

# The marker in the environment is how down finds programs whose supervisor was killed.
supervisor_start() {
  if supervisor_running; then
    ctl update >>"$LOGS/up.log" 2>&1
    return
  fi
  leftovers_stop
  ports_free
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 PLATFORM_SUPERVISED_BY="$DATA" \
    supervisord -c "$SUPERVISOR/supervisord.conf" >>"$LOGS/up.log" 2>&1 9>&-
  local i
  for ((i = 0; i < 50; i++)); do
    if supervisor_running; then return; fi
    sleep 0.1
  done
  die "supervisor did not start" "look at $LOGS/supervisord.log"
}

programs_in_state() { { ctl status || true; } | awk -v state="$1" '$2 == state { print $1 }'; }

# start NAME...: starts what is not running and waits until each is healthy.
start() {
  local name running idle=()
  running=$(programs_in_state RUNNING)
  for name in "$@"; do
    grep -qx "$name" <<<"$running" || idle+=("$name")
  done
  if ((${#idle[@]})); then ctl start "${idle[@]}" >>"$LOGS/up.log" 2>&1 || true; fi
  for name in "$@"; do wait_healthy "$name"; done
}

stop() { ctl stop "$@" >>"$LOGS/up.log" 2>&1 || true; }

supervisor_stop() {
  local pid i
  if supervisor_running; then
    pid=$(ctl pid)
    ctl shutdown >/dev/null
    for ((i = 0; i < 1200; i++)); do
      [[ -d /proc/$pid ]] || break
      sleep 0.1
    done
    [[ ! -d /proc/$pid ]] || die "supervisor (process $pid) does not end" "look at $LOGS/supervisord.log for the program that it waits for"
  fi
  leftovers_stop
}

# Programs of this data folder whose supervisor is gone. PostgreSQL overwrites its environment, but has its own pid file.
leftovers_stop() {
  if [[ -f $DATA/postgres/postmaster.pid ]]; then
    (cd / && runuser -u postgres -- "$(postgres_bin)/pg_ctl" stop -D "$DATA/postgres" -m fast -w >/dev/null 2>&1) || true
  fi
  local signal pids
  for signal in TERM TERM KILL; do
    pids=$(grep -lzxsF "PLATFORM_SUPERVISED_BY=$DATA" /proc/[0-9]*/environ 2>/dev/null | cut -d / -f 3) || true
    [[ -n $pids ]] || return 0
    # shellcheck disable=SC2086
    kill -"$signal" $pids 2>/dev/null || true
    sleep 3
  done
}
