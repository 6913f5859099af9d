# shellcheck shell=bash
# What of our own runs in the guest: the stand-in vrouter module with its broken variants, and the lab's tools.

# lab_build_module SOURCE FOLDER: copies the source into the folder and builds it there.
lab_build_module() {
  local source=$1 into=$2
  mkdir -p -- "$into"
  cp -- "$source"/* "$into"
  make -s -j2 -C "$lab_headers/usr/src/linux-headers-$lab_release" "M=$into" modules >"$into/log" 2>&1 || {
    cat -- "$into/log" >&2
    lab_die "the module in $source doesn't build"
  }
  strip --strip-debug "$into"/*.ko
}

# Replaces a string in a binary file by another of the same length, and fails when it isn't there.
lab_patch() {
  local file=$1 from=$2 to=$3
  grep -aqF -- "$from" "$file" || lab_die "no '$from' in $file"
  LC_ALL=C sed -i "s/$from/$to/" "$file"
}

# Flips a bit of the checksum of module_layout: each entry of __versions is 8 bytes and a name.
lab_patch_layout() {
  local file=$1 offset
  objcopy -O binary --only-section=__versions --set-section-flags __versions=alloc "$file" "$file.versions"
  offset=$(LC_ALL=C grep -abo module_layout "$file.versions" | cut -d : -f 1)
  printf '\377\377\377\377' |
    dd of="$file.versions" bs=1 seek=$((offset - 8)) conv=notrunc status=none
  objcopy --update-section "__versions=$file.versions" "$file"
  rm -- "$file.versions"
}

# The builds that a kernel refuses, and how; README.md has the table.
lab_make_variants() {
  local folder=$1 good=$1/vrouter.ko
  cp -- "$good" "$folder/vrouter-other-layout.ko"
  lab_patch_layout "$folder/vrouter-other-layout.ko"
  cp -- "$good" "$folder/vrouter-other-flags.ko"
  lab_patch "$folder/vrouter-other-flags.ko" ' SMP preempt ' ' UMP preempt '
  cp -- "$good" "$folder/vrouter-other-release.ko"
  lab_patch "$folder/vrouter-other-release.ko" "vermagic=${lab_release:0:3}" 'vermagic=4.4'
  objcopy --redefine-sym _printk=lab_absent_symbol "$good" "$folder/vrouter-unknown-symbol.ko"
  head -c 4096 -- "$good" >"$folder/vrouter-truncated.ko"
  : >"$folder/vrouter-empty.ko"
}

lab_make_standin() {
  local work=$1 tree=$1/tree
  lab_note "building the stand-in vrouter module"
  lab_build_module "$lab_root/module/vrouter" "$work/build"
  mv -- "$work/build/vrouter.ko" "$work"
  rm -rf -- "$work/build"
  lab_make_variants "$work"
  # The module indexes of a tree that holds the stand-in.
  mkdir -- "$tree"
  cp -r -- "$lab_modules/lib" "$tree"
  install -D -m 0644 -- "$work/vrouter.ko" "$tree/lib/modules/$lab_release/extra/vrouter.ko"
  depmod -b "$tree" "$lab_release"
  mkdir -- "$work/index"
  mv -- "$tree/lib/modules/$lab_release"/modules.* "$work/index"
  rm -rf -- "$tree"
}

lab_make_tools() {
  local work=$1 source
  lab_note "building the guest's tools"
  lab_build_module "$lab_root/module/labfrag" "$work/build"
  mv -- "$work/build/labfrag.ko" "$work"
  rm -rf -- "$work/build"
  mkdir -- "$work/bin"
  for source in "$lab_root"/guest/src/*.c; do
    gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static -s -o "$work/bin/$(basename -- "$source" .c)" "$source"
  done
}

# Sets lab_standin (vrouter.ko, its variants, index/) and lab_tools (bin/, labfrag.ko).
lab_ensure_modules() {
  local key
  key=$(cd -- "$lab_root" && lab_hash lib/modules.sh guest/modules.list module/vrouter/* <<<"$lab_modules")
  lab_standin=$lab_cache/standin/$lab_release-$key
  lab_make_once "$lab_standin" lab_make_standin
  key=$(cd -- "$lab_root" && lab_hash lib/modules.sh module/labfrag/* guest/src/* <<<"$lab_release")
  lab_tools=$lab_cache/tools/$lab_release-$key
  lab_make_once "$lab_tools" lab_make_tools
}
