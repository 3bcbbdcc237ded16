#!/usr/bin/env bash
# Installs the package in a bare Debian 12 of its own, boots that with the real systemd in a container, and lets it say
# what became of the relay: started, reloaded, restarted and found confined. As root. Called by ./dev soak package.
set -euo pipefail
[ "$(id -u)" -eq 0 ] || { echo "boot.sh: only root can start a container" >&2; exit 1; }
for program in debootstrap systemd-nspawn; do
  command -v "$program" > /dev/null || { echo "boot.sh: apt-get install debootstrap systemd-container" >&2; exit 1; }
done
package=$(realpath "$1")
root=$(mktemp -d /var/tmp/tacet-boot-XXXXXX)
chmod 755 "$root"
trap 'rm -rf --one-file-system "$root"' EXIT
site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Label: Debian' | sed -n 1p)
debootstrap --variant=minbase --include=systemd-sysv,curl,ca-certificates bookworm "$root" "$site" > "$root.log" 2>&1 ||
  { tail -n 5 "$root.log" >&2; exit 1; }
rm -f "$root.log"

# The system's own apt fetches what the package needs; dpkg of the new system installs it.
cp /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/" 2> /dev/null || true
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp "$package" "$root/root/relay.deb"
chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive \
  sh -c 'apt-get -q update && apt-get -q -y install --no-install-recommends /root/relay.deb' > "$root/root/apt.log" 2>&1 ||
  { tail -n 20 "$root/root/apt.log" >&2; exit 1; }

cat > "$root/root/look" <<'EOT'
#!/bin/sh
# The answer of the service as it was started with the system.
said() { printf '%s: %s\n' "$1" "$(curl -s --max-time 20 http://127.0.0.1:8080/healthz)"; }
pid() { systemctl show -p MainPID --value tacet-relay; }
sleep 2
said started
curl -s -o /dev/null -w 'page: %{http_code}\n' http://127.0.0.1:8080/
printf '[mailboxes]\naccepts_new = 0\n' > /etc/tacet-relay.toml
before=$(pid)
systemctl reload tacet-relay && sleep 1
[ "$(pid)" = "$before" ] && said 'reloaded with a mistake'
grep -E '^(CapEff|NoNewPrivs|Seccomp):' "/proc/$(pid)/status" | tr '\t' ' '
stat -c 'data: %A %U' /var/lib/private/tacet-relay/relay.sqlite
: > /etc/tacet-relay.toml
kill -9 "$(pid)"; sleep 2
said 'killed and started again'
systemctl restart tacet-relay
said restarted
systemctl stop tacet-relay.socket
printf 'stopped: %s\n' "$(systemctl is-active tacet-relay.service)"
journalctl -q --no-pager -u tacet-relay | sed 's/^/journal: /'
EOT
chmod +x "$root/root/look"
cat > "$root/etc/systemd/system/look.service" <<'EOT'
[Unit]
After=tacet-relay.service
[Service]
Type=oneshot
ExecStart=/root/look
StandardOutput=append:/root/seen
StandardError=append:/root/seen
ExecStopPost=/bin/systemctl poweroff --no-block
[Install]
WantedBy=multi-user.target
EOT
chroot "$root" systemctl -q enable look.service
timeout 180 systemd-nspawn -q -D "$root" --register=no --keep-unit --private-network -b > "$root/console" 2>&1 ||
  { tail -n 20 "$root/console" >&2; exit 1; }
cat "$root/root/seen"
seen() { grep -qE "$1" "$root/root/seen" || { echo "boot.sh: this is missing: $1" >&2; exit 1; }; }
seen '^started: ok$'
seen '^page: 200$'
seen '^reloaded with a mistake: ok$'
seen 'journal: .*the one before stays in force'
seen 'journal: .*tacet-relay.toml:2:15: mailboxes.accepts_new: must be true or false'
seen '^CapEff: 0+$'
seen '^NoNewPrivs: 1$'
seen '^Seccomp: 2$'
seen '^data: -rw------- (UNKNOWN|tacet-relay)$'
seen '^killed and started again: ok$'
seen '^restarted: ok$'
seen '^stopped: inactive$'
echo "The package works under systemd."
