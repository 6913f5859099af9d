# shellcheck shell=bash
# A root with the network managers of a real host: NetworkManager, systemd-networkd, ifupdown with dhclient, and the D-Bus and
# DHCP server that they need. Unpacked packages, no scripts of theirs run; for the guests and tests that ask for it.

lab_managers_packages=(
  systemd udev dbus network-manager isc-dhcp-client ifupdown dnsmasq-base iproute2 iputils-ping busybox-static dash bash coreutils
  debianutils findutils grep sed mawk hostname kmod mount procps util-linux
)

# Downloads the packages with all that they depend on, as if nothing were installed.
lab_download_closure() {
  local into=$1
  shift
  mkdir -p -- "$into/archives/partial"
  : >"$into/status"
  lab_apt -y -o "Dir::State::status=$into/status" -o "Dir::Cache::archives=$into/archives" -o Debug::NoLocking=1 \
    --no-install-recommends --download-only install "$@"
}

lab_make_managers() {
  local work=$1 root=$1/root downloads=$1/downloads package
  lab_note "downloading the network managers"
  lab_download_closure "$downloads" "${lab_managers_packages[@]}" 2>/dev/null || {
    lab_apt_update
    lab_download_closure "$downloads" "${lab_managers_packages[@]}" || lab_die "can't download the network managers"
  }
  # Merged as Debian has it, which unpacking must not undo.
  mkdir -p -- "$root"/usr/{bin,sbin,lib,lib64}
  for package in bin sbin lib lib64; do
    ln -s "usr/$package" "$root/$package"
  done
  for package in "$downloads"/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C "$root"
  done
  rm -rf -- "$downloads" "$root"/usr/share/{doc,man,locale,info,bash-completion} "$root"/usr/lib/udev/hwdb.d
  # What the packages' scripts would have made.
  ldconfig -r "$root"
  ln -sf mawk "$root/usr/bin/awk"
  rm -rf -- "$root/var/run" "$root/var/lock"
  ln -s /run "$root/var/run"
  ln -s /run/lock "$root/var/lock"
  mkdir -p -- "$root"/{lab,out,share,usr/local/bin}
  rm -rf -- "$root"/{out,share}
  ln -s lab/out "$root/out"
  ln -s lab/share "$root/share"
  : >"$root/etc/fstab"
  : >"$root/etc/resolv.conf"
  echo 7686e41709a84def888045fe12e09315 >"$root/etc/machine-id"
  echo node1 >"$root/etc/hostname"
  cat >"$root/etc/passwd" <<'PASSWD'
root:x:0:0:root:/root:/bin/dash
messagebus:x:101:101::/nonexistent:/usr/sbin/nologin
dnsmasq:x:102:65534::/var/lib/misc:/usr/sbin/nologin
systemd-network:x:103:103::/:/usr/sbin/nologin
polkitd:x:104:104::/nonexistent:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
PASSWD
  printf '%s\n' root:x:0: dip:x:30: netdev:x:105: messagebus:x:101: systemd-network:x:103: polkitd:x:104: \
    nogroup:x:65534: >"$root/etc/group"
  mke2fs -q -t ext4 -d "$root" -m 0 -O ^has_journal -L managers "$work/image" \
    $(($(du -sm --apparent-size -- "$root" | cut -f 1) * 5 / 4 + 64))M >/dev/null
}

# Sets lab_managers: root/ is the tree, image the same as a disk.
lab_ensure_managers() {
  local key
  key=$(lab_hash lib/managers.sh <<<"$(. /etc/os-release && echo "$VERSION_ID")")
  lab_managers=$lab_cache/managers/$key
  lab_make_once "$lab_managers" lab_make_managers
}
