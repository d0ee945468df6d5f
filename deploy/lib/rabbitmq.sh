# RabbitMQ: an own node with its own epmd, one virtual host, one user for the services.

rabbitmq_configure() {
  local home="$DATA/rabbitmq"
  install -d -o rabbitmq -g rabbitmq -m 0700 "$home"
  write_file rabbitmq:rabbitmq 0600 "$home/enabled_plugins" <<<'[rabbitmq_management,rabbitmq_prometheus].'
  write_file rabbitmq:rabbitmq 0600 "$home/rabbitmq.conf" <<END
listeners.tcp.1 = 127.0.0.1:$AMQP_PORT
management.tcp.ip = 127.0.0.1
management.tcp.port = $RABBITMQ_MANAGEMENT_PORT
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = $RABBITMQ_PROMETHEUS_PORT
default_vhost = $RABBITMQ_VHOST
default_user = $RABBITMQ_ADMIN_USER
default_pass = $RABBITMQ_ADMIN_PASSWORD
default_user_tags.administrator = true
default_permissions.configure = .*
default_permissions.read = .*
default_permissions.write = .*
log.console = true
log.console.level = info
log.file = false
END
  # epmd would start by itself, as a daemon that outlives its broker.
  program epmd rabbitmq 15 "$(command -v epmd) -address 127.0.0.1 -port $EPMD_PORT"
  program rabbitmq rabbitmq 20 /usr/lib/rabbitmq/bin/rabbitmq-server "stopwaitsecs=60" "stopasgroup=true" "killasgroup=true" \
    "environment=$(configured_by "$home/rabbitmq.conf"),$(quoted_environment \
      HOME="$home" ERL_EPMD_PORT="$EPMD_PORT" ERL_EPMD_ADDRESS=127.0.0.1 \
      RABBITMQ_NODENAME="platform$PLATFORM_PORT_BASE@localhost" RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="$AMQP_PORT" \
      RABBITMQ_DIST_PORT="$RABBITMQ_DIST_PORT" RABBITMQ_MNESIA_BASE="$home/mnesia" RABBITMQ_LOG_BASE="$home/log" \
      RABBITMQ_CONF_ENV_FILE="$home/none" RABBITMQ_CONFIG_FILE="$home/rabbitmq.conf" \
      RABBITMQ_ENABLED_PLUGINS_FILE="$home/enabled_plugins" RABBITMQ_PID_FILE="$home/pid" \
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}')"
}

rabbitmq_api() { # rabbitmq_api METHOD PATH [JSON]
  curl -sS -f -o /dev/null -K - -X "$1" "http://127.0.0.1:$RABBITMQ_MANAGEMENT_PORT/api/$2" -H 'Content-Type: application/json' ${3:+--data-raw "$3"} \
    <<<"user = \"$RABBITMQ_ADMIN_USER:$RABBITMQ_ADMIN_PASSWORD\""
}

rabbitmq_ready() {
  start epmd rabbitmq
  rabbitmq_api PUT "users/$RABBITMQ_USER" "{\"password\":\"$RABBITMQ_PASSWORD\",\"tags\":\"\"}"
  rabbitmq_api PUT "permissions/$RABBITMQ_VHOST/$RABBITMQ_USER" '{"configure":".*","write":".*","read":".*"}'
  # What failed three times is kept a week for an administrator, not for ever: it carries people's words.
  rabbitmq_api PUT "policies/$RABBITMQ_VHOST/errors-expire" '{"pattern":"_error$","apply-to":"queues","definition":{"message-ttl":604800000}}'
}
