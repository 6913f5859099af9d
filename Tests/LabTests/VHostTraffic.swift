/// What the scripts about frames between a NIC and vhost0 have in common: a peer in a network namespace, and shell
/// functions that move addresses, ask who is heard, and fetch files. No vRouter agent, and no node agent either.
enum VHostTraffic {
  static let prelude = #"""
    ip netns add peer
    mkdir /tmp/www && dd if=/dev/urandom of=/tmp/www/file bs=64k count=32 2>/dev/null
    parameters=/sys/module/vrouter/parameters
    peer() { ip netns exec peer "$@"; }

    # bare: the module is there, and nothing of its own but what it makes at load
    bare() {
      [ ! -e /sys/module/vrouter ] || rmmod vrouter
      modprobe vrouter "$@"
    }

    # dress LINK SIDE: addresses of this side (1) or of the peer's (2)
    dress() {
      [ $2 = 1 ] && on= || on=peer
      $on lab-net $1 10.9.0.$2/24
      $on ip address add fd09::$2/64 dev $1 nodad
    }

    # answers SIDE ADDRESS...: how many of three pings from this side (1) or the peer's (2) each answers
    answers() {
      [ $1 = 1 ] && on= || on=peer
      shift
      for to in "$@"; do
        $on ping -c 3 -i 0.1 -w 1 $to 2>&1 | sed -n 's/.* \([0-9]*\) packets received.*/\1/p'
      done | tr '\n' ' '
    }

    # fetches: what becomes of a file that each side serves the other by TCP
    fetches() {
      for from in 10.9.0.1 10.9.0.2; do
        [ $from = 10.9.0.1 ] && server= client=peer || server=peer client=
        # It goes to the background when it listens.
        $server httpd -p $from:80 -h /tmp/www
        $client timeout 30 wget -q -O /tmp/got http://$from/file && cmp -s /tmp/got /tmp/www/file &&
          echo -n 'whole ' || echo -n 'broken '
        killall httpd
      done
    }

    # makevhost NIC: vhost0 as a NIC's double, without an address
    makevhost() {
      ip link add vhost0 address $(cat /sys/class/net/$1/address) mtu $(cat /sys/class/net/$1/mtu) type vhost
      ip link set vhost0 up
    }

    # pair NIC PEER: a NIC whose other end is the peer's
    pair() {
      ip link add $1 type veth peer name $2 netns peer
      ip link set $1 up
      ip -n peer link set $2 up
    }

    # vifs: each interface of ours with its link, in one line
    vifs() { vrouter-vif list | awk '$2 != 7 { printf "%s %s ", $5, ($4 ? "linked" : "alone") }'; }

    """#

  /// A pair of links v0 and v1 with a network for the NIC (10.9.0.0/24) and one for vhost0 (10.8.0.0/24), so that each is
  /// asked for itself: `heard` tells how many of three pings that are bound to it come back to each.
  static let twoNetworks =
    prelude + #"""
      network() {
        pair v0 v1
        # The NIC that comes back is the same one.
        ip link set v0 address 02:00:00:00:09:01
        ip address add 10.9.0.1/24 dev v0
        ip -n peer address add 10.9.0.2/24 dev v1
        ip -n peer address add 10.8.0.2/24 dev v1
      }
      host() {
        makevhost v0
        ip address add 10.8.0.1/24 dev vhost0
      }
      joined() {
        bare
        [ -e /sys/class/net/v0 ] || network
        host
        vrouter-vif add-physical v0 >/dev/null
        vrouter-vif add-host vhost0 v0 >/dev/null
      }
      # A neighbour that is known would answer by another's way.
      heard() {
        ip neighbour flush all
        echo -n "$1:"
        for way in 'v0 10.9.0.2' 'vhost0 10.8.0.2'; do
          set -- $way
          [ -e /sys/class/net/$1 ] || { echo -n " $1 gone"; continue; }
          echo -n " $1 $(ping -c 3 -i 0.1 -w 1 -I $1 $2 2>&1 | sed -n 's/.* \([0-9]*\) packets received.*/\1/p')"
        done
        echo
      }

      """#
}
