# platform.env: ports, folder, names and secrets of this copy. Made at the first run, kept for ever after.

# Offsets to PLATFORM_PORT_BASE. Services follow from 20 on (services.conf).
PORT_OFFSETS=(
  GATEWAY:0 DASHBOARD:1 OTLP_GRPC:2 OTLP_HTTP:3 POSTGRES:4 AMQP:5 RABBITMQ_MANAGEMENT:6 RABBITMQ_PROMETHEUS:7
  RABBITMQ_DIST:8 EPMD:9 KANNEL_ADMIN:10 KANNEL_SMSBOX:11 SENDSMS:12 FAKESMSC:13 DEMO_SMSC:14 HTTPS:15
)

# What can be given at the first run.
GIVEN=(
  PLATFORM_PORT_BASE PLATFORM_INSTANCES PLATFORM_BIND PLATFORM_PUBLIC_URL PLATFORM_TLS_CERTIFICATE PLATFORM_TLS_KEY
  CITY_NUMBER BROADCAST_CODE TWILIO_AUTH_TOKEN GENERIC_SECRET
)

random_hex() { head -c "${1-32}" /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }

# 20 characters with upper case, lower case and digit.
random_password() {
  local password=
  until [[ $password =~ [A-Z] && $password =~ [a-z] && $password =~ [0-9] && ${#password} == 20 ]]; do
    password=$(head -c 60 /dev/urandom | base64 -w0 | tr -d '+/=')
    password=${password:0:20}
  done
  printf %s "$password"
}

# setting NAME VALUE: what the file says stays; a name that it lacks is added.
setting() {
  grep -q "^$1=" "$ENV_FILE.new" || printf '%s=%s\n' "$1" "$2" >>"$ENV_FILE.new"
}

env_load() {
  [[ -f $ENV_FILE ]] || die "$ENV_FILE does not exist: nothing was set up in $DATA" "run deploy/up, or name the right folder in PLATFORM_DATA"
  # shellcheck source=/dev/null
  source "$ENV_FILE"
  [[ $PLATFORM_DATA == "$DATA" ]] || die "$ENV_FILE belongs to the data folder $PLATFORM_DATA" "move the folder back there; a data folder cannot be renamed"
}

# env_ready DEMO: DEMO is yes, no or empty (as before).
env_ready() {
  local demo=$1 name
  local -A given=()
  for name in "${GIVEN[@]}"; do
    [[ -z ${!name-} ]] || given[$name]=${!name}
  done
  mkdir -p "$LOGS"
  chmod 0750 "$LOGS"
  runuser -u platform -- test -x "$DATA" ||
    die "system users cannot enter $DATA" "choose a folder in PLATFORM_DATA whose parents everybody may enter, such as one in /var/lib"
  if [[ -f $ENV_FILE ]]; then
    env_load
    env_check_unchanged
    [[ -z $demo || $demo == "$PLATFORM_DEMO" ]] ||
      die "$DATA was set up with a demonstration city, --empty cannot take it away" "deploy/down --purge (this deletes the data), or another folder in PLATFORM_DATA"
    demo=$PLATFORM_DEMO
  fi
  env_write "${demo:-yes}"
  env_load
  env_check "$PLATFORM_DEMO"
}

# env_check DEMO: before a first run what was given, later what platform.env says.
env_check() {
  [[ $DATA =~ ^/[A-Za-z0-9._/-]+$ && ${#DATA} -le 70 ]] ||
    die "the data folder '$DATA' is not an absolute path of at most 70 plain characters" "choose another in PLATFORM_DATA"
  while [[ ${PLATFORM_PUBLIC_URL-} == */ ]]; do PLATFORM_PUBLIC_URL=${PLATFORM_PUBLIC_URL%/}; done
  [[ ${PLATFORM_PORT_BASE-8080} =~ ^[0-9]+$ ]] && ((${PLATFORM_PORT_BASE-8080} >= 1024 && ${PLATFORM_PORT_BASE-8080} <= 65400)) ||
    die "PLATFORM_PORT_BASE is '$PLATFORM_PORT_BASE'" "give a number from 1024 to 65400"
  env_matches PLATFORM_INSTANCES '^[1-3]$' "give 1, 2 or 3"
  env_matches PLATFORM_BIND '^[0-9.]+$' "give an IPv4 address, such as 127.0.0.1 or 0.0.0.0"
  env_matches PLATFORM_PUBLIC_URL '^https?://[A-Za-z0-9.:/_-]+$' "give the address under which the gateway is reached from outside, such as https://sms.kota.example"
  env_matches CITY_NUMBER '^[+][1-9][0-9]{7,14}$' "give the number that citizens write to as E.164, such as +6281234567890"
  [[ $1 != no || -f $ENV_FILE || -n ${CITY_NUMBER-} ]] ||
    die "a real start needs the number that citizens write to" "CITY_NUMBER=+62... deploy/up --empty (it can be changed later in platform.env)"
  env_matches BROADCAST_CODE '^[A-Z]{2,10}$' "give 2 to 10 capital letters, such as KOR"
  env_matches TWILIO_AUTH_TOKEN '^[A-Za-z0-9]*$' "give the token of the Twilio account, or leave it empty: no such channel"
  env_matches GENERIC_SECRET '^(whsec_[A-Za-z0-9+/=]+)?$' "give whsec_ and the base64 of 24 to 64 bytes, or leave it empty: no such channel"
  env_matches HTTPS_PORT '^[0-9]{1,5}$' "give a port"
  local name
  for name in PLATFORM_TLS_CERTIFICATE PLATFORM_TLS_KEY; do
    env_matches "$name" '^(/[A-Za-z0-9._/-]+)?$' "give the absolute path of a PEM file"
    [[ -z ${PLATFORM_TLS_CERTIFICATE-}${PLATFORM_TLS_KEY-} || -f ${!name-} && -r ${!name} ]] ||
      die "$name names no file that can be read: '${!name-}'" "give certificate and key, or leave both empty: no https"
  done
}

env_matches() { # env_matches NAME PATTERN ADVICE
  [[ -z ${!1+set} || ${!1} =~ $2 ]] || die "$1 is '${!1}'" "$3"
}

# Uses `given` of env_ready.
env_check_unchanged() {
  local name
  for name in "${!given[@]}"; do
    [[ ${given[$name]} != "${!name-}" ]] || continue
    [[ $name == PLATFORM_PORT_BASE ]] || die "$name=${given[$name]} was given, but $ENV_FILE says '${!name-}'" "change it in that file, then run deploy/up"
    die "$name=${given[$name]} was given, but $ENV_FILE says '${!name-}'" \
      "leave it out to keep what was set up, or choose another folder in PLATFORM_DATA for a second copy"
  done
}

env_write() {
  local demo=$1 base=${PLATFORM_PORT_BASE:-8080} port row program database number='' token='' secret=''
  if [[ $demo == yes ]]; then number=+6281100000001 token=$(random_hex) secret=whsec_$(head -c 32 /dev/urandom | base64 -w0); fi
  (umask 077; if [[ -f $ENV_FILE ]]; then cp "$ENV_FILE" "$ENV_FILE.new"; else : >"$ENV_FILE.new"; fi)
  setting PLATFORM_DATA "$DATA"
  setting PLATFORM_PORT_BASE "$base"
  setting PLATFORM_BIND "${PLATFORM_BIND:-127.0.0.1}"
  setting PLATFORM_INSTANCES "${PLATFORM_INSTANCES:-1}"
  setting PLATFORM_DEMO "$demo"
  setting PLATFORM_PUBLIC_URL "${PLATFORM_PUBLIC_URL:-http://127.0.0.1:$base}"
  setting PLATFORM_TLS_CERTIFICATE "${PLATFORM_TLS_CERTIFICATE-}"
  setting PLATFORM_TLS_KEY "${PLATFORM_TLS_KEY-}"
  setting GATEWAY_URL "http://127.0.0.1:$base"
  [[ -n ${PLATFORM_PORT_BASE-} ]] || setting DASHBOARD_PORT 18888
  for row in "${PORT_OFFSETS[@]}"; do setting "${row%:*}_PORT" $((base + ${row#*:})); done
  port=$(grep '^DASHBOARD_PORT=' "$ENV_FILE.new")
  setting DASHBOARD_URL "http://127.0.0.1:${port#*=}"

  setting ADMIN_LOGIN admin
  setting ADMIN_PASSWORD "$(random_password)"
  if [[ $demo == yes ]]; then
    # A demonstration's administrator is a program at times; a real one enrols an authenticator of his own.
    setting ADMIN_TOTP_SECRET "$(head -c 20 /dev/urandom | base32)"
    setting OFFICIAL_LOGIN dinkes
    setting OFFICIAL_PASSWORD "$(random_password)"
    setting OFFICIAL_KEYWORD DINKES
    setting CHAIR_LOGIN ketua
    setting CHAIR_PASSWORD "$(random_password)"
  fi
  setting CITY_NUMBER "${CITY_NUMBER:-$number}"
  setting BROADCAST_CODE "${BROADCAST_CODE:-KOR}"
  setting TWILIO_CHANNEL twilio
  setting TWILIO_AUTH_TOKEN "${TWILIO_AUTH_TOKEN:-$token}"
  setting TWILIO_PUBLIC_URL "${PLATFORM_PUBLIC_URL:-http://127.0.0.1:$base}/webhooks/sms/twilio"
  setting GENERIC_CHANNEL generic
  setting GENERIC_SECRET "${GENERIC_SECRET:-$secret}"
  setting KANNEL_CHANNEL kannel
  # Short: Kannel breaks the line of a Basic header that is longer than 76 characters, and the request with it.
  setting KANNEL_SECRET "$(random_hex 16)"
  setting KANNEL_ADMIN_PASSWORD "$(random_hex)"
  setting SENDSMS_USER notification
  setting SENDSMS_PASSWORD "$(random_hex)"
  setting TOKEN_KEY_PASSWORD "$(random_hex)"
  setting WEB_FORM_KEY "$(random_hex)"
  setting PSEUDONYM_KEY "$(random_hex)"
  setting CALLBACK_KEY "$(random_hex)"

  setting POSTGRES_USER postgres
  setting POSTGRES_PASSWORD "$(random_hex)"
  while read -r program _ database _; do
    [[ $database != - ]] || continue
    setting "${database^^}_OWNER_PASSWORD" "$(random_hex)"
    setting "${database^^}_APP_PASSWORD" "$(random_hex)"
    setting "${program^^}_PORT" "$(service_port "$program" 1 "$base")"
  done < <(services)
  setting RABBITMQ_ADMIN_USER admin
  setting RABBITMQ_ADMIN_PASSWORD "$(random_hex)"
  setting RABBITMQ_USER platform
  setting RABBITMQ_PASSWORD "$(random_hex)"
  setting RABBITMQ_VHOST platform
  # Ports are fixed by the first run, so they are tried before it is one.
  if [[ ! -f $ENV_FILE ]]; then
    # shellcheck source=/dev/null
    source "$ENV_FILE.new"
    ports_free
  fi
  mv "$ENV_FILE.new" "$ENV_FILE"
}

# All ports that this copy listens on, as "NAME PORT".
ports() {
  local row name program project offset instance
  for row in "${PORT_OFFSETS[@]}"; do
    name=${row%:*}_PORT
    # An outsider's own fake SMSC connects to FAKESMSC_PORT; bearerbox listens there.
    printf '%s %s\n' "$name" "${!name}"
  done
  while read -r program project _ offset; do
    [[ $offset =~ ^[0-9]+$ ]] || continue
    for ((instance = 1; instance <= PLATFORM_INSTANCES; instance++)); do
      printf '%s-%s %s\n' "$program" "$instance" "$(service_port "$program" "$instance" "$PLATFORM_PORT_BASE")"
    done
  done < <(services)
}

ports_free() {
  local listening name port line
  listening=$(ss -ltnpH)
  while read -r name port; do
    line=$(awk -v port=":$port" 'substr($4, length($4) - length(port) + 1) == port { print; exit }' <<<"$listening")
    [[ -z $line ]] ||
      die "port $port ($name) is taken by $(sed -E 's/.*users:\(\("([^"]*)",pid=([0-9]*).*/\1 (process \2)/' <<<"$line")" "stop that program; a data folder that is not yet set up can also take other ports: PLATFORM_PORT_BASE=20000 deploy/up"
  done < <(ports)
}
