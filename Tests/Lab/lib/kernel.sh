# shellcheck shell=bash
# The guest's kernel: Debian's cloud kernel and the headers to build modules against, unpacked and never installed.

# The release of the newest kernel in the cache; nothing when there is none.
lab_cached_release() {
  local folder
  for folder in "$lab_cache"/kernel/*/lib; do
    [[ -d $folder && -d ${folder/\/kernel\//\/headers\/} ]] || continue
    basename -- "${folder%/lib}"
  done | sed '/\.making$/d' | sort -V | tail -n 1
}

# The release that the distribution has now. The ABI number in it changes with every update.
lab_resolve_release() {
  apt-cache depends linux-image-cloud-amd64 2>/dev/null |
    sed -n 's/^ *Depends: linux-image-\([0-9].*-cloud-amd64\)$/\1/p' | head -n 1
}

# Downloads packages into a folder and unpacks them into another.
lab_unpack_packages() {
  local into=$1 downloads=$1/.downloads package
  shift
  mkdir -p -- "$downloads"
  (cd "$downloads" && lab_apt download "$@") || lab_die "can't download $*"
  for package in "$downloads"/*.deb; do
    dpkg-deb -x "$package" "$into"
  done
  rm -rf -- "$downloads"
}

lab_make_kernel() {
  local release=$1 work=$2
  lab_note "downloading the guest's kernel $release"
  lab_unpack_packages "$work" "linux-image-$release"
  mv -- "$work/boot/vmlinuz-$release" "$work/vmlinuz"
  depmod -b "$work" "$release"
}

lab_make_headers() {
  local release=$1 work=$2 final=$lab_cache/headers/$1 makefile dependency
  local packages=("linux-headers-$release")
  while read -r dependency; do
    packages+=("$dependency")
  done < <(apt-cache depends "linux-headers-$release" |
    sed -n 's/^ *Depends: \(linux-\(headers\|kbuild\|compiler\)-.*\)$/\1/p')
  lab_note "downloading its headers"
  lab_unpack_packages "$work" "${packages[@]}"
  # The top Makefile includes the common headers' by an absolute path.
  makefile=$work/usr/src/linux-headers-$release/Makefile
  sed -i "s|^include /usr/src/|include $final/usr/src/|" "$makefile"
}

# Sets lab_release and makes sure that its kernel and headers are there. --newest asks the distribution even
# when a kernel is cached.
lab_ensure_kernel() {
  lab_release=
  [[ ${1:-} == --newest ]] || lab_release=$(lab_cached_release)
  if [[ -z $lab_release ]]; then
    [[ $(uname -m) == x86_64 ]] || lab_die "the lab is made for x86_64, this is $(uname -m)"
    # The lists may be absent, or name a kernel that the mirror has replaced since.
    lab_apt_update
    lab_release=$(lab_resolve_release)
    [[ -n $lab_release ]] || lab_die "apt knows no linux-image-cloud-amd64: is this Debian with its main archive?"
  fi
  lab_make_once "$lab_cache/kernel/$lab_release" lab_make_kernel "$lab_release"
  lab_make_once "$lab_cache/headers/$lab_release" lab_make_headers "$lab_release"
  lab_kernel=$lab_cache/kernel/$lab_release
  lab_headers=$lab_cache/headers/$lab_release
}
