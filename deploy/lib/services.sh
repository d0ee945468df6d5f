# Our own programs: publish, migrate, run. The list is services.conf.

APP="$DATA/app"

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
  install -d -o platform -g platform -m 0700 "$DATA/state"
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

# Kannel and the health check reach the gateway on 127.0.0.1, whatever else it is bound to.
gateway_urls() {
  case $PLATFORM_BIND in
    127.0.0.1 | 0.0.0.0) printf 'http://%s:%s' "$PLATFORM_BIND" "$GATEWAY_PORT" ;;
    *) printf 'http://127.0.0.1:%s;http://%s:%s' "$GATEWAY_PORT" "$PLATFORM_BIND" "$GATEWAY_PORT" ;;
  esac
}

service_program() { # service_program NAME PROGRAM PROJECT URL PRIORITY
  local environment
  mapfile -t environment < <(service_environment "$2"; printf 'ASPNETCORE_URLS=%s\n' "$4")
  program "$1" platform "$5" "$DOTNET $APP/$2/$(service_dll "$3").dll" "directory=$APP/$2" "environment=$(quoted_environment "${environment[@]}")"
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
    directory) printf 'Tokens__KeyPassword=%s\n' "$TOKEN_KEY_PASSWORD" ;;
    inboundsms)
      sms_channels
      # A demonstration shows an answer at once; a real city leaves a day to object.
      [[ $PLATFORM_DEMO != yes ]] || printf 'Publishing__Delay=00:00:00\n'
      ;;
    notification) sms_channels; sms_sending ;;
  esac
}

sms_channels() {
  printf 'Channels__%s\n' \
    kannel__Type=Kannel kannel__User=kannel kannel__Secret="$KANNEL_SECRET" kannel__Numbers__0="$CITY_NUMBER" \
    twilio__Type=Twilio twilio__Secret="$TWILIO_AUTH_TOKEN" twilio__PublicUrl="$TWILIO_PUBLIC_URL" \
    twilio__Numbers__0="$CITY_NUMBER" twilio__SendThrough=kannel \
    generic__Type=Generic generic__Secret="$GENERIC_SECRET" generic__Numbers__0="$CITY_NUMBER" generic__SendThrough=kannel
}

sms_sending() {
  printf 'Channels__%s\n' \
    kannel__SendUrl="http://127.0.0.1:$SENDSMS_PORT/cgi-bin/sendsms" kannel__SendUser="$SENDSMS_USER" kannel__SendPassword="$SENDSMS_PASSWORD" \
    kannel__StatusUrl="http://127.0.0.1:$GATEWAY_PORT/webhooks/sms/kannel/status" sandbox__Type=Sandbox
}

# service_verb PROGRAM VERB [KEY=value...]: runs a program for one task, as its system user, secrets not on the command line.
service_verb() {
  local program=$1 verb=$2 project
  project=$(services | awk -v program="$program" '$1 == program { print $2 }')
  mapfile -t environment < <(service_environment "$program")
  (
    cd "$APP/$program"
    export "${environment[@]}" "${@:3}"
    quiet "look at the lines above and at $LOGS/up.log; the data is unchanged where a migration failed" \
      runuser -u platform -- "$DOTNET" "$(service_dll "$project").dll" "$verb"
  )
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
  service_verb directory --first-administrator ADMIN_LOGIN="$ADMIN_LOGIN" ADMIN_PASSWORD="$ADMIN_PASSWORD"
  cp "$APP/stamp" "$APP/migrated"
}

services_ready() {
  # shellcheck disable=SC2046
  start $(service_programs)
}

demo_ready() {
  [[ $(cat "$DATA/demo.loaded" 2>/dev/null) != "$(cat "$DEPLOY"/demo/* | sha256sum)" ]] || return 0
  export GATEWAY_URL ADMIN_LOGIN ADMIN_PASSWORD OFFICIAL_LOGIN OFFICIAL_PASSWORD CHAIR_LOGIN CHAIR_PASSWORD
  quiet "look at the lines above; what was already loaded is skipped next time" node "$DEPLOY/demo/load.mjs" "$DEPLOY/demo/city.json"
  cat "$DEPLOY"/demo/* | sha256sum >"$DATA/demo.loaded"
}
