#!/bin/sh
# Leaves one Docker engine answering and prints its DOCKER_HOST. Safe to call again and from several processes at once.
# Exit 3: no engine is possible here (the reason stands on stderr). Data lies in PROOFROOM_DOCKER_DIR.
set -eu
dir=${PROOFROOM_DOCKER_DIR:-/var/lib/proofroom-docker}
own=unix://$dir/docker.sock

answers() { DOCKER_HOST=$1 timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

if command -v docker >/dev/null; then
  for host in "${DOCKER_HOST:-}" unix:///var/run/docker.sock "$own"; do
    if [ -n "$host" ] && answers "$host"; then echo "$host"; exit 0; fi
  done
fi
[ "$(id -u)" = 0 ] || { echo "no Docker engine answers, and only root may start one" >&2; exit 3; }

mkdir -p "$dir"; chmod 711 "$dir"
exec 9>"$dir/lock"; flock 9                     # two callers must not start two engines
if answers "$own"; then echo "$own"; exit 0; fi

if ! command -v dockerd >/dev/null || ! command -v docker >/dev/null || ! command -v debootstrap >/dev/null; then
  command -v apt-get >/dev/null || { echo "no dockerd, and no apt-get to install it with" >&2; exit 3; }
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      docker.io debootstrap iptables; } >"$dir/apt.log" 2>&1 9>&- || { tail -5 "$dir/apt.log" >&2; exit 3; }
fi
if [ -d /run/systemd/system ]; then
  systemctl start docker >/dev/null 2>&1 || true
  if answers unix:///var/run/docker.sock; then echo unix:///var/run/docker.sock; exit 0; fi
fi

# A dockerd that was killed leaves its containerd dying and two pid files; the next one would wait 47 s for them.
old=$(cat "$dir/exec/containerd/containerd.pid" 2>/dev/null || true)
if [ -n "$old" ] && tr '\0' ' ' <"/proc/$old/cmdline" 2>/dev/null | grep -qF "$dir/exec"; then
  kill -9 "$old" 2>/dev/null || true; sleep 0.3
fi
rm -f "$dir/exec/containerd/containerd.pid" "$dir/docker.pid"

start() {
  # The lock is closed for the daemon (9>&-), or it would be held for as long as the daemon lives.
  setsid nohup dockerd --data-root "$dir/data" --exec-root "$dir/exec" -H "$own" -p "$dir/docker.pid" \
    "$@" ${PROOFROOM_DOCKERD_ARGS:-} >"$dir/log" 2>&1 </dev/null 9>&- &
  started=$!
  for _ in $(seq 150); do
    if answers "$own"; then return 0; fi
    kill -0 "$started" 2>/dev/null || return 1
    sleep 0.2
  done
  return 1
}
# Boxes have no network and builds use the host's, so the engine works as well where it may not write firewall rules.
start || start --bridge=none --iptables=false --ip6tables=false || { tail -5 "$dir/log" >&2; exit 3; }
echo "$own"
