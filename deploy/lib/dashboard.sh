# The Aspire dashboard (npm package, versions fixed by npm/package-lock.json): traces, logs and metrics of everything.

ASPIRE="$DATA/npm/node_modules/@microsoft/aspire-cli-linux-x64/bin/aspire"

dashboard_configure() {
  dashboard_install
  # It unpacks itself into its HOME, and must not see ASPNETCORE_URLS.
  install -d -o platform -g platform -m 0700 "$DATA/dashboard"
  program dashboard platform 40 "$ASPIRE dashboard run --allow-anonymous --nologo --non-interactive\
 --frontend-url http://127.0.0.1:$DASHBOARD_PORT --otlp-grpc-url http://127.0.0.1:$OTLP_GRPC_PORT --otlp-http-url http://127.0.0.1:$OTLP_HTTP_PORT" \
    "stopasgroup=true" "killasgroup=true" "environment=$(quoted_environment HOME="$DATA/dashboard" ASPIRE_CLI_TELEMETRY_OPTOUT=true)"
}

dashboard_install() {
  if [[ -x $ASPIRE ]] && cmp -s "$DEPLOY/npm/package-lock.json" "$DATA/npm/package-lock.json"; then return; fi
  say "npm ci"
  rm -rf "$DATA/npm"
  mkdir "$DATA/npm"
  cp "$DEPLOY/npm/package.json" "$DEPLOY/npm/.npmrc" "$DATA/npm/"
  cp "$DEPLOY/npm/package-lock.json" "$DATA/npm/package-lock.json"
  quiet "see that the machine reaches its npm registry ('npm ping'), then run this again" npm ci --prefix "$DATA/npm" --no-audit --no-fund
}

dashboard_ready() { start dashboard; }
