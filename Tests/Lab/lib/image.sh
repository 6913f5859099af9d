# shellcheck shell=bash
# The disk of one run: programs, modules, the scenario and its files go in, /out comes back.

# lab_stage_program STAGE PATH[:NAME]: the program, to be /usr/local/bin/NAME, and the libraries that it names.
lab_stage_program() {
  local stage=$1 path=${2%%:*} name=${2##*:}
  [[ -f $path && -x $path ]] || lab_die "no program at $path (build it first)"
  [[ $2 == *:* ]] || name=$(basename -- "$path")
  install -D -- "$path" "$stage/root/usr/local/bin/$name"
  lab_copy_libraries "$path" "$stage/root"
}

# lab_stage_module STAGE tree|folder|none: where the guest finds the stand-in module, or the build that LAB_VROUTER names.
lab_stage_module() {
  local stage=$1 placement=$2 folder
  [[ -z ${LAB_VROUTER:-} ]] || cp -- "$LAB_VROUTER" "$stage/modules/vrouter.ko"
  case $placement in
    none) return ;;
    tree) folder=lib/modules/$lab_release/extra ;;
    folder) folder=opt/contrail/vrouter-kernel-modules/$lab_release ;;
  esac
  mkdir -p -- "$stage/root/$folder"
  cp -- "$stage/modules/vrouter.ko" "$stage/root/$folder"
  # The indexes replace those of the root, which know nothing of the stand-in.
  [[ $placement != tree ]] || cp -r -- "$lab_standin/index" "$stage/index"
}

# lab_make_image STAGE IMAGE FREE_MIB: the folder as an ext4 image with room for results.
lab_make_image() {
  local stage=$1 image=$2 free=$3 used
  used=$(du -sm --apparent-size -- "$stage" | cut -f 1)
  # No journal: the image lives for one boot. Many inodes: scenarios write small files.
  mke2fs -q -t ext4 -d "$stage" -m 0 -N 32768 -O ^has_journal -E lazy_itable_init=1 -L lab \
    "$image" $((used + used / 8 + 16 + free))M >/dev/null
}

# lab_take_results IMAGE FOLDER: what the scenario left in /out.
lab_take_results() {
  local image=$1 folder=$2 said
  mkdir -p -- "$folder"
  said=$(debugfs -R "rdump /out/ $folder" "$image" 2>&1 >/dev/null | grep -v '^debugfs ' || true)
  [[ -z $said ]] || lab_die "can't read the results: $said"
  if [[ -d $folder/out ]]; then
    (shopt -s dotglob nullglob && cd "$folder/out" && for file in *; do mv -f -- "$file" ..; done)
    rmdir -- "$folder/out"
  fi
}
