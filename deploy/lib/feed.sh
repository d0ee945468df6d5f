# Full or partial NuGet feed? Asked once; the answer stays in the untracked Feed.local.props (README.md, "Feeds").

FEED_PACKAGES=(OpenTelemetry.Extensions.Hosting:1.20.1 Aspire.Hosting.AppHost:13.5.4 Redis.OM:1.1.0)

feed_ready() {
  local answer="$ROOT/Feed.local.props"
  if [[ ! -f $answer ]]; then
    say "asking"
    local full
    full=$(feed_is_full) || exit 1
    printf '<Project><PropertyGroup><FullFeed>%s</FullFeed></PropertyGroup></Project>\n' "$full" >"$answer.new"
    mv "$answer.new" "$answer"
  fi
  if grep -q '<FullFeed>true<' "$answer"; then say "full"; else say "partial"; fi
}

# Restores a throw-away project. "The feed lacks it" is an answer; "the feed does not answer" is an error.
feed_is_full() {
  local folder package output
  folder=$(mktemp -d)
  {
    printf '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup><ItemGroup>'
    for package in "${FEED_PACKAGES[@]}"; do printf '<PackageReference Include="%s" Version="%s" />' "${package%:*}" "${package#*:}"; done
    printf '</ItemGroup></Project>\n'
  } >"$folder/Feed.csproj"
  if output=$(cd "$folder" && dotnet restore Feed.csproj -nodeReuse:false 2>&1); then
    printf true
  elif grep -qE 'NU110[123]|NU1202' <<<"$output" && ! grep -q NU1301 <<<"$output"; then
    printf false
  else
    rm -rf "$folder"
    printf '\n%s\n' "$output" | tail -n 15 >&2
    die "the NuGet feed gave no answer (lines above)" "see that the machine reaches it ('dotnet nuget list source'), then run this again"
  fi
  rm -rf "$folder"
}
