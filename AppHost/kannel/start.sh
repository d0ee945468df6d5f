#!/usr/bin/env bash
# Writes Kannel's configuration from the environment and runs it, until one of its programs ends; whoever started the container starts it again.
# The configuration is deploy/lib/kannel.sh's but for addresses: here each caller comes from another one, and only two ports are reachable at all.
set -euo pipefail
home=/var/spool/kannel run=/run/kannel
: "${GATEWAY:?}" "${KANNEL_SECRET:?}" "${KANNEL_ADMIN_PASSWORD:?}" "${SENDSMS_USER:?}" "${SENDSMS_PASSWORD:?}"
[[ ${DEMO-no} == yes || -n ${SMSC-} ]] || { echo "SMSC is empty: without a link to an operator bearerbox does not start." >&2; exit 1; }
install -d -o kannel -g nogroup -m 0700 "$home" "$home/spool" "$home/dlr" "$run"

{
  cat <<END
group = core
admin-port = 13000
admin-password = $KANNEL_ADMIN_PASSWORD
smsbox-interface = 127.0.0.1
smsbox-port = 13001
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
store-type = spool
store-location = "$home/spool"
sms-resend-freq = 10
log-level = 2
dlr-storage = spool
dlr-spool = "$home/dlr"

END
  [[ ${DEMO-no} != yes ]] || cat <<END
group = smsc
smsc = fake
smsc-id = demo
port = 10001
connect-allow-ip = 127.0.0.1

END
  [[ -z ${SMSC-} ]] || printf '%b\n\n' "$SMSC"
  cat <<END
group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = 13013
mo-recode = true
http-request-retry = 100
http-queue-delay = 10
log-level = 2

group = sms-service
keyword = default
catch-all = true
post-url = "http://kannel:$KANNEL_SECRET@$GATEWAY/webhooks/sms/kannel?id=%I&ts=%T&c=%c"
send-sender = true
max-messages = 0
omit-empty = true
concatenation = true
assume-plain-text = true

group = sendsms-user
username = $SENDSMS_USER
password = $SENDSMS_PASSWORD
max-messages = 10
concatenation = true
END
} | install -o kannel -g nogroup -m 0600 /dev/stdin "$run/kannel.conf"
unset KANNEL_SECRET KANNEL_ADMIN_PASSWORD SENDSMS_PASSWORD

as_kannel() { exec setpriv --reuid=kannel --regid=nogroup --clear-groups -- "$@"; }
trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT
trap 'exit 0' TERM INT

# -v 2: numbers and texts of messages stand in more talkative logs.
as_kannel /usr/sbin/bearerbox -v 2 "$run/kannel.conf" &
until (exec 3<>/dev/tcp/127.0.0.1/13001) 2>/dev/null; do
  kill -0 $! 2>/dev/null || exit 1
  sleep 0.2
done
as_kannel /usr/sbin/smsbox -v 2 "$run/kannel.conf" &
if [[ ${DEMO-no} == yes ]]; then
  # It must be given a message; -m 0 sends none. Its log is the ledger of what the demonstration's handsets received.
  as_kannel /usr/lib/kannel/test/fakesmsc -v 0 -H 127.0.0.1 -r 10001 -m 0 "0 0 text -" &
fi
wait -n || true
exit 1
