# shellcheck shell=bash
# The guest's root: busybox, dash, kmod, iproute2, the kernel modules that scenarios need, and /init.

# Debian's busybox sh prefers its applets over the real ip and modprobe: so dash is the shell.
lab_guest_programs=(busybox dash kmod ip bridge)

lab_make_modules_tree() {
  local release=$1 work=$2 name kind path
  local from=$lab_kernel/lib/modules/$release into=$work/lib/modules/$release
  mkdir -p -- "$into"
  grep -v '^#' "$lab_root/guest/modules.list" | while read -r name; do
    modprobe --show-depends --ignore-install -d "$lab_kernel" -S "$release" -C /dev/null "$name" ||
      lab_die "the kernel $release has no module $name"
  done | sort -u | while read -r kind path _; do
    [[ $kind == insmod ]] || continue
    path=${path#"$from/"}
    install -D -m 0644 -- "$from/$path" "$into/$path"
  done
  cp -- "$from"/modules.{builtin,builtin.modinfo,order} "$into"
  depmod -b "$work" "$release"
}

lab_make_initramfs() {
  local modules=$1 work=$2 root=$2/root program applet
  lab_note "making the guest's initramfs"
  mkdir -p -- "$root"/usr/{bin,sbin,lib,lib64,local/bin} "$root"/{dev,proc,sys,run,tmp,etc,lab,root,var/lib,opt}
  for program in bin sbin lib lib64; do
    ln -s "usr/$program" "$root/$program"
  done
  ln -s lab/out "$root/out"
  ln -s lab/share "$root/share"
  for program in "${lab_guest_programs[@]}"; do
    install -- "$(readlink -f -- "$(command -v "$program")")" "$root/usr/bin/$program"
    lab_copy_libraries "$(command -v "$program")" "$root"
  done
  ln -s dash "$root/usr/bin/sh"
  for program in depmod insmod lsmod modinfo modprobe rmmod; do
    ln -s ../bin/kmod "$root/usr/sbin/$program"
  done
  for applet in $(busybox --list); do
    [[ -e $root/usr/bin/$applet || -e $root/usr/sbin/$applet ]] || ln -s busybox "$root/usr/bin/$applet"
  done
  cp -a -- "$modules/lib/modules" "$root/usr/lib/modules"
  cp -a -- "$lab_root/guest/etc/." "$root/etc"
  install -- "$lab_root/guest/init" "$root/init"
  (cd "$root" && find . -print0 | cpio --quiet --null -o -H newc -R 0:0 | gzip -1) >"$work/initramfs.gz"
  rm -rf -- "$root"
}

# Sets lab_initramfs and lab_modules (the tree of stock modules in it).
lab_ensure_initramfs() {
  local key program
  key=$(lab_hash lib/initramfs.sh guest/modules.list <<<"$lab_release")
  lab_modules=$lab_cache/modules/$lab_release-$key
  lab_make_once "$lab_modules" lab_make_modules_tree "$lab_release"
  key=$({
    echo "$key"
    for program in "${lab_guest_programs[@]}"; do
      sha256sum -- "$(command -v "$program")"
      lab_libraries "$(command -v "$program")" | xargs -r sha256sum --
    done
  } | lab_hash lib/common.sh guest/init guest/etc/{group,hostname,hosts,modprobe.d/lab.conf,passwd})
  lab_initramfs=$lab_cache/initramfs/$lab_release-$key
  lab_make_once "$lab_initramfs" lab_make_initramfs "$lab_modules"
  lab_initramfs=$lab_initramfs/initramfs.gz
}
