# What the machine must have: system, SDK, Node, Debian or Ubuntu packages, system users.

PACKAGES=(postgresql postgresql-contrib rabbitmq-server kannel kannel-extras supervisor curl iproute2 openssl ca-certificates libreoffice-calc-nogui fonts-liberation)
# What else tests need: a real mail server.
[[ -z ${PLATFORM_TEST_PACKAGES-} ]] || PACKAGES+=("$PLATFORM_TEST_PACKAGES")

machine_ready() {
  system_known
  packages_ready
  tools_ready
  id -u platform >/dev/null 2>&1 || useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin platform
  runuser -u platform -- "$DOTNET" --list-runtimes >/dev/null 2>&1 ||
    die "the system user 'platform' cannot run $DOTNET" "install the .NET SDK where every user can read it, such as /usr/share/dotnet"
}

system_known() {
  local ID=unknown ID_LIKE='' VERSION_ID=0
  # shellcheck source=/dev/null
  source /etc/os-release
  case "$ID ${VERSION_ID%%.*}" in
    "debian 1"[2-9] | "ubuntu 2"[4-9]) ;;
    *) die "this machine runs ${PRETTY_NAME-$ID}" "use Debian 12 or later, or Ubuntu 24.04 or later" ;;
  esac
}

packages_ready() {
  local missing
  missing=$(comm -23 <(printf '%s\n' "${PACKAGES[@]}" | sort) \
    <({ dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "${PACKAGES[@]}" 2>/dev/null || true; } | sed -n 's/^ii *//p' | sort))
  [[ -n $missing ]] || return 0
  say "installing" $missing
  local advice="see that the machine reaches its package server (apt-get update), then run this again"
  quiet "$advice" apt-get update -q
  packages_hold_services
  # shellcheck disable=SC2086
  quiet "$advice" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
  packages_release_services
}

# Debian would start a PostgreSQL and a RabbitMQ of its own; ours are separate and run under our supervisor.
packages_hold_services() {
  [[ ! -e /usr/sbin/policy-rc.d ]] || return 0
  printf '#!/bin/sh\n# platform: removed after the installation\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
  trap packages_release_services EXIT
}

packages_release_services() {
  if grep -qs '^# platform: removed' /usr/sbin/policy-rc.d; then rm /usr/sbin/policy-rc.d; fi
}

tools_ready() {
  command -v dotnet >/dev/null || die ".NET is not installed" "install the .NET SDK 10 (package dotnet-sdk-10.0) so that root finds 'dotnet' on its PATH"
  (cd "$ROOT" && dotnet --version) >/dev/null 2>&1 || die "the .NET SDK that global.json asks for is not installed" "install the .NET SDK 10 (package dotnet-sdk-10.0); 'dotnet --list-sdks' shows what is there"
  command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' ||
    die "Node 20 or later with npm is not installed" "install it (packages nodejs and npm) so that root finds 'node' and 'npm' on its PATH"
}
