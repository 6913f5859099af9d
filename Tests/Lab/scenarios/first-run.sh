# What `make run` shows: a bare node with two NICs becomes ready, and the probe notices when it no longer is.
# Runs in a guest (dash, as root). Ends with 0 only when every answer was the expected one.
set -eu

stage() { printf '\n=== %s\n' "$*"; }

# Runs the probe and insists on its exit code.
probe() {
  code=0
  vrouter-probe || code=$?
  echo "(exit code $code)"
  [ "$code" = "$1" ] || { echo "expected exit code $1"; exit 1; }
}

stage 'the node: two NICs, each with a peer; eth0 has the better default route'
lab-net eth0 10.0.2.15/24 10.0.2.2 100
lab-net eth1 10.0.3.15/24 10.0.3.2 200
ip -brief address

stage 'the probe before anything is done'
probe 1

stage 'prepare --dry-run: what would be done'
vrouter-node-agent prepare --dry-run

stage 'prepare'
vrouter-node-agent prepare

stage 'the module in the kernel'
vrouter-node-agent module status | sed '/^in effect/,$d'

stage 'the vRouter agent'"'"'s configuration (secrets left out)'
vrouter-node-agent config render
vrouter-node-agent diagnose

stage 'the readiness file'
cat /run/vrouter-node-agent/ready

stage 'the probe'
probe 0

stage 'the network: vhost0 has taken over'
ip -brief address
ip route

stage 'module unload: refused, as vhost0 would be gone with it'
if vrouter-node-agent module unload; then exit 1; fi

stage 'cleanup, and the probe again'
vrouter-node-agent cleanup
ip -brief address
probe 1

stage 'prepare again: the node is ready at the end'
vrouter-node-agent prepare >/dev/null
probe 0
