#!/bin/sh
# Makes the image debian:bookworm-slim be there: pulled where that works, else made with debootstrap from the mirror that
# this machine's own apt uses. Needs DOCKER_HOST (see engine.sh). Prints how the image came to be. Exit 3: neither works.
set -eu
image=debian:bookworm-slim
dir=${PROOFROOM_DOCKER_DIR:-/var/lib/proofroom-docker}

if docker image inspect "$image" >/dev/null 2>&1; then echo "present"; exit 0; fi
if timeout "${PROOFROOM_PULL_SECONDS:-60}" docker pull -q "$image" >/dev/null 2>&1; then echo "pulled"; exit 0; fi

[ "$(id -u)" = 0 ] || { echo "$image cannot be pulled, and only root may run debootstrap" >&2; exit 3; }
mkdir -p "$dir"
exec 9>"$dir/base.lock"; flock 9
if docker image inspect "$image" >/dev/null 2>&1; then echo "present"; exit 0; fi
if ! command -v debootstrap >/dev/null; then
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap; } \
    >"$dir/apt.log" 2>&1 || { echo "$image cannot be pulled and debootstrap cannot be installed" >&2; exit 3; }
fi

# Both forms of apt sources; the first entry that offers bookworm's main is the mirror, security mirrors are kept apart.
sources=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) \([^ ]*\) .*main.*/\2 \3/p'
  cat /etc/apt/sources.list.d/*.sources 2>/dev/null | awk '
    function flush() { n = split(suites, s, " "); for (i = 1; i <= n; i++) if (uri != "") print uri, s[i]; uri = ""; suites = "" }
    /^[ \t]*$/ { flush() } /^URIs:/ { uri = $2 } /^Suites:/ { suites = substr($0, 8) } END { flush() }')
mirror=$(echo "$sources" | awk '$2 == "bookworm" { print $1; exit }')
[ -n "$mirror" ] || { echo "$image cannot be pulled, and apt's sources name no mirror of bookworm" >&2; exit 3; }

root=$(mktemp -d "$dir/boot.XXXXXX")
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$mirror" >"$dir/debootstrap.log" 2>&1 9>&- \
  || { tail -3 "$dir/debootstrap.log" >&2; exit 3; }
echo "$sources" | awk '$2 ~ /^bookworm(-updates|-security)?$/ { print "deb", $1, $2, "main" }' >"$root/etc/apt/sources.list"
rm -rf "$root"/usr/share/doc/* "$root"/usr/share/man/* "$root"/usr/share/locale/* "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*
printf 'path-exclude /usr/share/doc/*\npath-exclude /usr/share/man/*\npath-exclude /usr/share/locale/*\n' \
  >"$root/etc/dpkg/dpkg.cfg.d/slim"
tar -C "$root" --one-file-system -c . | docker import - "$image" >/dev/null
echo "debootstrapped"
