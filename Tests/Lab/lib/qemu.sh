# shellcheck shell=bash
# The machine: QEMU's own emulator. Never KVM: it hangs on the machines that this was written for.

# Prints one argument for QEMU on each line: lab_machine MEMORY CPUS IMAGE APPEND
lab_machine() {
  local memory=$1 cpus=$2 image=$3 append=$4
  # no_timer_check: on a machine that is busy the emulated timer may come too late for the kernel's test of it, and
  # the guest panics before it has begun.
  printf '%s\n' -nodefaults -no-user-config -display none -no-reboot \
    -M q35,usb=off,hpet=off -accel tcg -m "$memory" -smp "$cpus" \
    -kernel "$lab_kernel/vmlinuz" -initrd "$lab_initramfs" \
    -append "console=ttyS0 net.ifnames=0 oops=panic panic=-1 no_timer_check rdinit=/init $append" \
    -drive "file=$image,format=raw,if=none,id=lab,cache=unsafe" -device virtio-blk-pci,drive=lab \
    -object rng-random,filename=/dev/urandom,id=entropy -device virtio-rng-pci,rng=entropy
}

# lab_nic INDEX KIND RUN: prints the arguments of NIC number INDEX (from 0), on a network of its own.
#   peer  the gateway 10.0.(2+INDEX).2/24 answers ARP and ping; nothing gets outside
#   lone  carrier, and nobody there
#   wire  joined with its neighbour: eth0 with eth1, eth2 with eth3
#   vmxnet3  as peer, by VMware's card, which has LRO
lab_nic() {
  local index=$1 kind=$2 run=$3 network card=virtio-net-pci,speed=10000,duplex=full
  [[ $kind != vmxnet3 ]] || card=vmxnet3
  network=10.0.$((2 + index))
  printf -- '-netdev\n'
  case $kind in
    peer | vmxnet3) echo "user,id=net$index,restrict=on,ipv6=off,net=$network.0/24,host=$network.2" ;;
    lone) # Frames go to a socket that nobody has.
      echo "dgram,id=net$index,local.type=unix,local.path=$run/nic$index,remote.type=unix,remote.path=$run/nobody" ;;
    wire) # Either's frames go to the other's socket.
      echo "dgram,id=net$index,local.type=unix,local.path=$run/nic$index,remote.type=unix,remote.path=$run/nic$((index ^ 1))" ;;
  esac
  printf -- '-device\n%s\n' \
    "$card,netdev=net$index,mac=$(lab_nic_mac "$index"),romfile="
}

lab_nic_mac() {
  printf '52:54:00:0a:00:%02x' $((2 + $1))
}

# lab_root_disk IMAGE [KEEP]: prints the arguments for a second disk. What the guest writes there ends with it, unless it is
# to be kept.
lab_root_disk() {
  local snapshot=on
  [[ -z ${2:-} ]] || snapshot=off
  printf '%s\n' -drive "file=$1,format=raw,if=none,id=root,snapshot=$snapshot,cache=unsafe" -device virtio-blk-pci,drive=root
}

# lab_functions NUMBER: prints the arguments for a device that can have so many virtual functions. QEMU has no such NIC; the
# kernel's protocol is the same.
lab_functions() {
  printf '%s\n' -device "pcie-root-port,id=functions,chassis=1" -device "nvme-subsys,id=subsystem" \
    -device "nvme,bus=functions,serial=lab,subsys=subsystem,sriov_max_vfs=$1,sriov_vq_flexible=$(($1 * 2)),sriov_vi_flexible=$1"
}
