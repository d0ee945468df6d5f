# Is a program well? Used by up (which waits for it) and by status (which shows it).

http_ok() { curl -s -f -o /dev/null -m 5 "$1"; }
port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
kannel_status() { curl -s -f -m 5 -K - <<<"url = \"http://127.0.0.1:$KANNEL_ADMIN_PORT/status.txt?password=$KANNEL_ADMIN_PASSWORD\""; }

healthy() {
  case $1 in
    postgres) "$(postgres_bin)/pg_isready" -q -h 127.0.0.1 -p "$POSTGRES_PORT" ;;
    epmd) port_open "$EPMD_PORT" ;;
    rabbitmq) rabbitmq_api GET health/checks/local-alarms 2>/dev/null && port_open "$AMQP_PORT" ;;
    bearerbox) kannel_status | grep -q '^Status: running' ;;
    smsbox) port_open "$SENDSMS_PORT" && kannel_status | grep -q 'smsbox:.*on-line' ;;
    handset) kannel_status | grep -q 'demo\[demo\].*(online' ;;
    dashboard) http_ok "http://127.0.0.1:$DASHBOARD_PORT/" && port_open "$OTLP_GRPC_PORT" ;;
    *) http_ok "$(address "$1")/health/ready" ;;
  esac
}

address() {
  case $1 in
    postgres) printf '127.0.0.1:%s' "$POSTGRES_PORT" ;;
    epmd) printf '127.0.0.1:%s' "$EPMD_PORT" ;;
    rabbitmq) printf '127.0.0.1:%s, management http://127.0.0.1:%s' "$AMQP_PORT" "$RABBITMQ_MANAGEMENT_PORT" ;;
    bearerbox)
      printf '127.0.0.1:%s (admin)' "$KANNEL_ADMIN_PORT"
      [[ $PLATFORM_DEMO != yes ]] || printf ', :%s (fake SMSC)' "$FAKESMSC_PORT"
      ;;
    smsbox) printf 'http://127.0.0.1:%s/cgi-bin/sendsms' "$SENDSMS_PORT" ;;
    handset) printf -- '-' ;;
    dashboard) printf %s "$DASHBOARD_URL" ;;
    gateway) printf %s "$GATEWAY_URL" ;;
    *-[1-3]) printf 'http://127.0.0.1:%s' "$(service_port "${1%-*}" "${1##*-}" "$PLATFORM_PORT_BASE")" ;;
  esac
}

wait_healthy() {
  local name=$1 began=$SECONDS shown=$SECONDS
  until healthy "$name"; do
    if ((SECONDS - began >= 120)); then
      printf '\n' >&2
      tail -n 15 "$LOGS/$name.log" >&2 || true
      die "$name is not healthy after 120 s (supervisor: $(ctl status "$name" | tr -s ' ' || true); its last log lines are above)" \
        "correct the cause ($LOGS/$name.log), then run deploy/up again"
    fi
    if ((SECONDS - shown >= 10)); then say "waiting for $name ($((SECONDS - began)) s)"; shown=$SECONDS; fi
    sleep 0.2
  done
}
