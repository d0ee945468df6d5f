# Kannel: the SMS gateway (bearerbox and smsbox), and in a demonstration a handset network that receives everything.

KANNEL_UNLINKED="not set up: no operator link in kannel/smsc.conf"

# bearerbox without any link takes no smsbox and ends at once.
kannel_linked() { [[ $PLATFORM_DEMO == yes ]] || grep -Eqs '^[[:space:]]*group[[:space:]]*=[[:space:]]*"?smsc"?[[:space:]]*$' "$DATA/kannel/smsc.conf"; }

kannel_configure() {
  local home="$DATA/kannel"
  install -d -o kannel -g nogroup -m 0700 "$home" "$home/spool" "$home/dlr"
  [[ -f $home/smsc.conf ]] || write_file kannel:nogroup 0600 "$home/smsc.conf" <<'END'
# The city's own operator links (groups "smsc" of the Kannel user guide). Never overwritten; after a change run deploy/up: Kannel restarts
END
  {
    kannel_core
    [[ $PLATFORM_DEMO != yes ]] || kannel_demo_links
    kannel_smsbox
  } | write_file kannel:nogroup 0600 "$home/kannel.conf"
  local environment
  environment="environment=$(configured_by "$home/kannel.conf" "$home/smsc.conf")"
  # -v 2: numbers and texts of messages stand in more talkative logs.
  program bearerbox kannel 30 "/usr/sbin/bearerbox -v 2 $home/kannel.conf" "$environment"
  # smsbox forks a copy of itself when bearerbox goes away; the shell lets supervisor's own be the only one.
  program smsbox kannel 31 "/bin/sh -c 'trap : TERM; /usr/sbin/smsbox -v 2 $home/kannel.conf & wait; wait; kill -s KILL 0'" "$environment" stopasgroup=true
  # It must be given a message; -m 0 sends none. Its log is the ledger of what the demonstration's handsets received.
  [[ $PLATFORM_DEMO != yes ]] || program handset kannel 32 "/usr/lib/kannel/test/fakesmsc -v 0 -H 127.0.0.1 -r $DEMO_SMSC_PORT -m 0 \"0 0 text -\""
}

# Messages that wait and delivery reports that are awaited are files, so that a restart forgets neither.
kannel_core() {
  cat <<END
group = core
admin-interface = 127.0.0.1
admin-port = $KANNEL_ADMIN_PORT
admin-password = $KANNEL_ADMIN_PASSWORD
admin-deny-ip = "*.*.*.*"
admin-allow-ip = "127.0.0.1"
smsbox-interface = 127.0.0.1
smsbox-port = $KANNEL_SMSBOX_PORT
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
store-type = spool
store-location = "$DATA/kannel/spool"
sms-resend-freq = 10
log-level = 2
dlr-storage = spool
dlr-spool = "$DATA/kannel/dlr"

END
}

# The link "outside" is for somebody's own fakesmsc and is preferred whenever one is connected.
kannel_demo_links() {
  cat <<END
group = smsc
smsc = fake
smsc-id = outside
port = $FAKESMSC_PORT
connect-allow-ip = 127.0.0.1
preferred-prefix = "+;0;1;2;3;4;5;6;7;8;9"

group = smsc
smsc = fake
smsc-id = demo
port = $DEMO_SMSC_PORT
connect-allow-ip = 127.0.0.1

END
}

# The answer to a citizen is never Kannel's: every text goes to our door, whose empty answer sends nothing back.
kannel_smsbox() {
  cat <<END
include = "$DATA/kannel/smsc.conf"

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-interface = 127.0.0.1
sendsms-port = $SENDSMS_PORT
mo-recode = true
http-request-retry = 100
http-queue-delay = 10
log-level = 2

group = sms-service
keyword = default
catch-all = true
post-url = "http://kannel:$KANNEL_SECRET@127.0.0.1:$GATEWAY_PORT/webhooks/sms/kannel?id=%I&ts=%T&c=%c"
send-sender = true
max-messages = 0
omit-empty = true
concatenation = true
assume-plain-text = true

group = sendsms-user
username = $SENDSMS_USER
password = $SENDSMS_PASSWORD
user-deny-ip = "*.*.*.*"
user-allow-ip = "127.0.0.1"
max-messages = 10
concatenation = true
END
}

kannel_ready() {
  kannel_linked || return 0
  start bearerbox smsbox
  [[ $PLATFORM_DEMO != yes ]] || start handset
}
