# shellcheck shell=bash
# Packages of the machine that the lab runs on (Debian, as root).

# The commands and files that the lab needs, and the package that each comes from.
lab_needs() {
  cat <<'NEEDS'
qemu-system-x86_64 qemu-system-x86
busybox busybox-static
dash dash
cpio cpio
kmod kmod
ip iproute2
tc iproute2
nft nftables
iptables-legacy iptables
mke2fs e2fsprogs
debugfs e2fsprogs
gcc gcc
make make
objcopy binutils
strip binutils
flock util-linux
setpriv util-linux
gzip gzip
xz xz-utils
dpkg-deb dpkg
/usr/lib/x86_64-linux-gnu/libc.a libc6-dev
/usr/lib/x86_64-linux-gnu/libelf.so.1 libelf1
NEEDS
}

# One apt-get of ours at a time: it doesn't wait for the lock of its lists, and may outlive a set-up that was
# killed. Downloads go to folders that only we may write, so apt's own unprivileged user can't make them.
lab_apt() {
  mkdir -p -- "$lab_cache"
  DEBIAN_FRONTEND=noninteractive flock "$lab_cache/apt.lock" \
    apt-get -qq -o APT::Sandbox::User=root -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$@" >&2
}

# Reads the distribution's lists again. Somebody else's apt may hold them for a while.
lab_apt_update() {
  local try
  for try in 1 2 3 4 5 6; do
    lab_apt update && return 0
    lab_note "apt-get update failed ($try of 6)"
    sleep 10
  done
  lab_die "apt-get update fails: is there a network, and is the clock right?"
}

# Installs those of the named packages that are not installed.
lab_install() {
  local package missing=()
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
      missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  [[ $(id -u) == 0 ]] || lab_die "these packages are missing, and only root can install them: ${missing[*]}"
  lab_note "installing ${missing[*]}"
  # Lists that are absent or older than the mirror make the first try fail.
  lab_apt install --no-install-recommends -y "${missing[@]}" 2>/dev/null && return 0
  lab_apt_update
  lab_apt install --no-install-recommends -y "${missing[@]}" ||
    lab_die "can't install ${missing[*]}"
}

# Installs what the lab itself needs. A look at the commands is enough when all are there.
lab_ensure_packages() {
  local what package missing=()
  while read -r what package; do
    [[ -n $(PATH=$PATH:/usr/sbin:/sbin command -v "$what") || -e $what ]] || missing+=("$package")
  done < <(lab_needs)
  ((${#missing[@]})) || return 0
  lab_install "${missing[@]}"
}
