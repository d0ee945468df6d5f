# Our own programs: publish, migrate, run. The list is services.conf.

APP="$DATA/app"
DOTNET=$(readlink -f "$(command -v dotnet)") || DOTNET=

services() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$DEPLOY/services.conf"; }

service_port() { # service_port PROGRAM INSTANCE BASE
  local program project offset
  while read -r program project _ offset; do
    [[ $program != "$1" ]] || printf %s $(($3 + 20 + 10 * ($2 - 1) + offset))
  done < <(services)
}

service_dll() { # service_dll PROJECT
  basename "$1" .csproj
}

# A hash over everything that goes into the binaries.
services_stamp() {
  (
    cd "$ROOT"
    shopt -s nullglob
    find services gateway ServiceDefaults ./*.props ./*.targets global.json deploy/services.conf -type f \
      -not -path '*/bin/*' -not -path '*/obj/*' -not -path '*/node_modules/*' -print0 |
      sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
  )
}

services_publish() {
  local stamp program project projects=
  stamp=$(services_stamp)
  [[ $stamp != "$(cat "$APP/stamp" 2>/dev/null)" ]] || return 0
  say "building"
  while read -r program project _; do
    projects+="$ROOT/$project;"
    rm -rf "$ROOT/artifacts/publish/$(service_dll "$project")"
  done < <(services)
  export PROGRAMS=$projects
  quiet "correct what the compiler says (whole text in $LOGS/up.log), then run this again" \
    dotnet msbuild "$DEPLOY/publish.proj" -restore -nologo -nodeReuse:false -v:minimal -m
  rm -rf "$APP.new" "$APP.old"
  mkdir "$APP.new"
  while read -r program project _; do cp -r "$ROOT/artifacts/publish/$(service_dll "$project")/release" "$APP.new/$program"; done < <(services)
  printf '%s\n' "$stamp" >"$APP.new/stamp"
  [[ ! -d $APP ]] || mv "$APP" "$APP.old"
  mv "$APP.new" "$APP"
  rm -rf "$APP.old"
}

# Names of all service processes, instances counted from 1: directory-1 directory-2 ... gateway.
service_programs() {
  local program offset instance
  while read -r program _ _ offset; do
    if [[ $offset == gateway ]]; then printf '%s\n' "$program"; continue; fi
    for ((instance = 1; instance <= PLATFORM_INSTANCES; instance++)); do printf '%s-%s\n' "$program" "$instance"; done
  done < <(services)
}

services_configure() {
  # Messages in the spool are citizens' words and numbers.
  install -d -o platform -g platform -m 0700 "$DATA/state" "$DATA/spool"
  gateway_certificate
  local program project database offset instance
  while read -r program project database offset; do
    if [[ $offset == gateway ]]; then
      service_program "$program" "$program" "$project" "$(gateway_urls)" 60
      continue
    fi
    for ((instance = 1; instance <= PLATFORM_INSTANCES; instance++)); do
      service_program "$program-$instance" "$program" "$project" "http://127.0.0.1:$(service_port "$program" "$instance" "$PLATFORM_PORT_BASE")" 50
    done
  done < <(services)
}

# Copies that the gateway's system user can read, wherever the originals lie.
gateway_certificate() {
  local public
  if [[ -z $PLATFORM_TLS_CERTIFICATE ]]; then rm -rf "$DATA/tls"; return; fi
  public=$(openssl pkey -in "$PLATFORM_TLS_KEY" -passin pass: -pubout 2>/dev/null) &&
    [[ $public == "$(openssl x509 -in "$PLATFORM_TLS_CERTIFICATE" -noout -pubkey 2>/dev/null)" ]] ||
    die "$PLATFORM_TLS_KEY is not the key of $PLATFORM_TLS_CERTIFICATE" "name a certificate and its key, both PEM, the key without a password, in $ENV_FILE"
  install -d -o platform -g platform -m 0700 "$DATA/tls"
  write_file platform:platform 0600 "$DATA/tls/certificate.pem" <"$PLATFORM_TLS_CERTIFICATE"
  write_file platform:platform 0600 "$DATA/tls/key.pem" <"$PLATFORM_TLS_KEY"
}

# Kannel and the health check reach the gateway on 127.0.0.1, whatever else it is bound to.
gateway_urls() {
  case $PLATFORM_BIND in
    127.0.0.1 | 0.0.0.0) printf 'http://%s:%s' "$PLATFORM_BIND" "$GATEWAY_PORT" ;;
    *) printf 'http://127.0.0.1:%s;http://%s:%s' "$GATEWAY_PORT" "$PLATFORM_BIND" "$GATEWAY_PORT" ;;
  esac
  [[ -z $PLATFORM_TLS_CERTIFICATE ]] || printf ';https://%s:%s' "$PLATFORM_BIND" "$HTTPS_PORT"
}

service_program() { # service_program NAME PROGRAM PROJECT URL PRIORITY
  local environment user=platform command
  command="$DOTNET $APP/$2/$(service_dll "$3").dll"
  mapfile -t environment < <(service_environment "$2"; printf 'ASPNETCORE_URLS=%s\n' "$4")
  # A port below 1024 needs one capability, which only root can hand on.
  if [[ $4 == *https:* ]] && ((HTTPS_PORT < 1024)); then
    user=root
    command="setpriv --reuid platform --regid platform --clear-groups --inh-caps -all,+net_bind_service --ambient-caps -all,+net_bind_service --no-new-privs $command"
  fi
  program "$1" "$user" "$5" "$command" "directory=$APP/$2" "environment=$(quoted_environment "${environment[@]}")"
}

# service_environment PROGRAM: the configuration of one program, a KEY=value per line. All keys of the platform are here.
service_environment() {
  local program=$1 name database offset instance
  printf '%s\n' DOTNET_ENVIRONMENT=Production DOTNET_NOLOGO=true HOME="$DATA/state" \
    OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:$OTLP_GRPC_PORT" OTEL_SERVICE_NAME="$program" City__TimeZone=Asia/Jakarta
  while read -r name _ database offset; do
    if [[ $program == gateway && $offset != gateway ]]; then
      for ((instance = 1; instance <= PLATFORM_INSTANCES; instance++)); do
        printf 'services__%s__http__%d=http://127.0.0.1:%s\n' "$name" $((instance - 1)) "$(service_port "$name" "$instance" "$PLATFORM_PORT_BASE")"
      done
    elif [[ $program == "$name" && $database != - ]]; then
      # The gateway in front of it is the only proxy whose forwarded headers count.
      printf 'TrustedProxies__0=127.0.0.1\n'
      printf 'ConnectionStrings__%s=%s\n' "$database" "$(connection_string "$database" app)" \
        rabbitmq "amqp://$RABBITMQ_USER:$RABBITMQ_PASSWORD@127.0.0.1:$AMQP_PORT/$RABBITMQ_VHOST"
    fi
  done < <(services)
  case $program in
    directory)
      printf 'Tokens__KeyPassword=%s\n' "$TOKEN_KEY_PASSWORD"
      # No official's notices go to the numbers that citizens write to.
      { printf '%s\n' "$CITY_NUMBER"; [[ ! -f $DATA/channels.env ]] || sed -nE 's/^[A-Za-z0-9-]+__Numbers__[0-9]+=//p' "$DATA/channels.env"; } |
        awk '!seen[$0]++ { printf "NoticePhones__CityNumbers__%d=%s\n", n++, $0 }'
      ;;
    inboundsms)
      sms_channels
      printf 'WebForm__Key=%s\n' "$WEB_FORM_KEY"
      printf 'Privacy__PseudonymKey=%s\n' "$PSEUDONYM_KEY"
      printf 'Receiving__SpoolFolder=%s\n' "$DATA/spool"
      printf 'Routing__BroadcastCode=%s\n' "$BROADCAST_CODE"
      # A demonstration shows an answer at once; a real city leaves a day to object.
      [[ $PLATFORM_DEMO != yes ]] || printf 'Publishing__Delay=00:00:00\n'
      ;;
    notification)
      sms_channels
      sms_sending
      printf 'Callbacks__Key=%s\n' "$CALLBACK_KEY"
      # The mail server, and what else the owner says of e-mail and of applications.
      [[ ! -f $DATA/notification.env ]] || sed -nE '/^(Email|Applications|Callbacks)__[A-Za-z0-9_]+=/p' "$DATA/notification.env"
      ;;
    broadcast)
      # Who answers a broadcast is known by the same pseudonym in both services, and an answer by the same word.
      printf 'Privacy__PseudonymKey=%s\n' "$PSEUDONYM_KEY"
      printf 'Receiving__AnswerCode=%s\n' "$BROADCAST_CODE"
      ;;
    gateway)
      # The hash restarts it with a renewed certificate.
      [[ -z ${PLATFORM_TLS_CERTIFICATE-} ]] || printf '%s\n' "Kestrel__Certificates__Default__Path=$DATA/tls/certificate.pem" \
        "Kestrel__Certificates__Default__KeyPath=$DATA/tls/key.pem" "PLATFORM_CONFIG=$(sha256sum <"$DATA/tls/certificate.pem" | cut -c 1-16)"
      ;;
  esac
}

# A real city has the channels whose secrets it has set, and those of channels.env.
sms_channels() {
  printf 'Channels__%s\n' kannel__Type=Kannel kannel__User=kannel kannel__Secret="$KANNEL_SECRET" kannel__Numbers__0="$CITY_NUMBER"
  [[ $PLATFORM_DEMO != yes && -z $TWILIO_AUTH_TOKEN ]] || printf 'Channels__%s\n' \
    twilio__Type=Twilio twilio__Secret="$TWILIO_AUTH_TOKEN" twilio__PublicUrl="$TWILIO_PUBLIC_URL" \
    twilio__Numbers__0="$CITY_NUMBER" twilio__SendThrough=kannel
  [[ $PLATFORM_DEMO != yes && -z $GENERIC_SECRET ]] || printf 'Channels__%s\n' \
    generic__Type=Generic generic__Secret="$GENERIC_SECRET" generic__Numbers__0="$CITY_NUMBER" generic__SendThrough=kannel
  # Other providers, and what else the owner says of a channel: the last line of a name counts.
  [[ ! -f $DATA/channels.env ]] || sed -nE '/^Sending__/!s/^[A-Za-z0-9-]+__[A-Za-z0-9_]+=/Channels__&/p' "$DATA/channels.env"
}

sms_sending() {
  printf 'Channels__%s\n' \
    kannel__SendUrl="http://127.0.0.1:$SENDSMS_PORT/cgi-bin/sendsms" kannel__SendUser="$SENDSMS_USER" kannel__SendPassword="$SENDSMS_PASSWORD" \
    kannel__StatusUrl="http://127.0.0.1:$GATEWAY_PORT/webhooks/sms/kannel/status"
  [[ $PLATFORM_DEMO != yes ]] || printf 'Channels__sandbox__Type=Sandbox\n'
  # Limits of the providers, budgets and the like.
  [[ ! -f $DATA/channels.env ]] || sed -nE '/^Sending__[A-Za-z0-9_-]+=/p' "$DATA/channels.env"
}

# service_verb PROGRAM VERB [KEY=value...]: runs a program for one task of an update.
service_verb() {
  quiet "look at the lines above and at $LOGS/up.log; the data is unchanged where a migration failed" service_process "$@"
}

# service_process PROGRAM VERB [KEY=value...]: becomes that program, as its system user, secrets not on the command line. For a subshell.
service_process() {
  local environment project
  project=$(services | awk -v program="$1" '$1 == program { print $2 }')
  mapfile -t environment < <(service_environment "$1")
  cd "$APP/$1" || exit
  export "${environment[@]}" "${@:3}"
  exec runuser -u platform -- "$DOTNET" "$(service_dll "$project").dll" "$2"
}

# New binaries: the old ones stop, the owner role migrates, the new ones start.
services_migrate() {
  [[ $(cat "$APP/migrated" 2>/dev/null) != "$(<"$APP/stamp")" ]] || return 0
  # shellcheck disable=SC2046
  stop $(service_programs)
  local program database
  while read -r program _ database _; do
    [[ $database != - ]] || continue
    say "$program"
    service_verb "$program" --migrate "ConnectionStrings__$database=$(connection_string "$database" owner)" "Database__RuntimeRole=${database}_app"
  done < <(services)
  service_verb directory --first-administrator ADMIN_LOGIN="$ADMIN_LOGIN" ADMIN_PASSWORD="$ADMIN_PASSWORD" ADMIN_TOTP_SECRET="${ADMIN_TOTP_SECRET-}"
  cp "$APP/stamp" "$APP/migrated"
}

services_ready() {
  # shellcheck disable=SC2046
  start $(service_programs)
}

demo_ready() {
  [[ $(cat "$DATA/demo.loaded" 2>/dev/null) != "$(cat "$DEPLOY"/demo/* | sha256sum)" ]] || return 0
  export GATEWAY_URL ADMIN_LOGIN ADMIN_PASSWORD ADMIN_TOTP_SECRET OFFICIAL_LOGIN OFFICIAL_PASSWORD CHAIR_LOGIN CHAIR_PASSWORD
  quiet "look at the lines above; what was already loaded is skipped next time" node "$DEPLOY/demo/load.mjs" "$DEPLOY/demo/city.json"
  cat "$DEPLOY"/demo/* | sha256sum >"$DATA/demo.loaded"
}
