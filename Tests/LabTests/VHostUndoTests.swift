import Testing

/// Who has the NIC's frames after each order in which interfaces and links come and go: as with the real module.
@Suite(.withGuests)
struct VHostUndoTests {
  @Test func eachOrderLeavesTheFramesWhereTheRealOneDoes() async throws {
    let result = try await Guest(programs: [], timeout: .seconds(300)).run(
      VHostTraffic.twoNetworks + """
        step() { label=$1; shift; "$@" >/dev/null && heard "$label"; }
        joined; heard joined
        step 'the physical interface deleted' vrouter-vif delete v0
        step "then the host's" vrouter-vif delete vhost0
        joined
        step "the host's interface deleted" vrouter-vif delete vhost0
        step 'then the link' ip link delete vhost0
        step 'then the physical interface' vrouter-vif delete v0
        joined; vrouter-vif delete vhost0 >/dev/null
        step 'both interfaces deleted' vrouter-vif delete v0
        step 'then the link' ip link delete vhost0
        joined
        step 'the link deleted' ip link delete vhost0; vifs; echo
        step 'the link made again' host; vifs; echo
        step 'unloaded' rmmod vrouter
        joined; ip link delete v0; vifs; echo
        step 'the NIC came back' network; vifs; echo
        # Going into a namespace is going away.
        ip link set v0 netns peer; vifs; echo
        ip -n peer link set v0 netns 1; ip link set v0 up; ip address add 10.9.0.1/24 dev v0
        heard 'the NIC came back from a namespace'
        joined; vrouter-vif delete v0 >/dev/null
        step 'a physical interface added again, without a host of its own' vrouter-vif add-physical v0
        """)
    #expect(result.errors == "")
    #expect(
      result.output == """
        joined: v0 0 vhost0 3
        the physical interface deleted: v0 3 vhost0 0
        then the host's: v0 3 vhost0 0
        the host's interface deleted: v0 0 vhost0 0
        then the link: v0 0 vhost0 gone
        then the physical interface: v0 3 vhost0 gone
        both interfaces deleted: v0 0 vhost0 3
        then the link: v0 3 vhost0 gone
        the link deleted: v0 0 vhost0 gone
        v0 linked vhost0 alone \n\
        the link made again: v0 0 vhost0 3
        v0 linked vhost0 linked \n\
        unloaded: v0 3 vhost0 gone
        v0 alone vhost0 linked \n\
        the NIC came back: v0 0 vhost0 3
        v0 linked vhost0 linked \n\
        v0 alone vhost0 linked \n\
        the NIC came back from a namespace: v0 0 vhost0 3
        a physical interface added again, without a host of its own: v0 3 vhost0 0

        """)
  }

  @Test func whatIsRefusedIsRefusedAsThere() async throws {
    let result = try await Guest(programs: [], timeout: .seconds(300)).run(
      VHostTraffic.twoNetworks + """
        bare; network; host
        link=$(cat /sys/class/net/v0/ifindex)
        echo "no physical interface $(vrouter-vif add-host vhost0 v0)"
        echo "no such NIC $(vrouter-vif add-physical nosuch)"
        echo "no such interface $(vrouter-vif delete nosuch)"
        ip link add br0 type bridge; ip link set v0 master br0
        echo "a bridge's port $(vrouter-vif add-physical v0) $(vrouter-vif add-host vhost0 v0)"; vifs; echo
        ip link set v0 nomaster
        ip link add other type dummy; ip link set other up
        echo "a NIC that is no interface $(vrouter-vif add-host vhost0 other)"
        echo "a link twice in the list $(vrouter-vif add-host vhost0 v0,v0)"
        ip link set v0 master br0 2>&1
        echo "again $(vrouter-vif add-physical v0)"

        bare; host
        parameter() { echo "$2" >$parameters/standin_$1; }
        parameter refuse_link 2
        ip link add vhost1 type vhost && ip link add vhost2 type vhost 2>&1
        parameter refuse_vif 1
        echo "told to $(vrouter-vif add-physical v0) and then $(vrouter-vif add-physical v0)"
        parameter refuse_host 2; parameter refuse_errno 5
        echo "told to $(vrouter-vif add-host vhost1 v0) $(vrouter-vif add-host vhost0 v0)"
        vrouter-vif delete vhost1 >/dev/null
        echo "while the physical one still has the frames $(vrouter-vif add-host vhost0 v0)"
        vrouter-vif delete v0 >/dev/null
        vrouter-vif add-physical v0 >/dev/null
        vrouter-vif add-host vhost0 v0 >/dev/null; heard joined
        parameter refuse_delete 1
        echo "told to $(vrouter-vif delete v0)"; vifs; echo
        for silent in 1 2 3 0; do parameter silent $silent; heard "silent $silent"; done
        parameter not_ready 1
        echo "not ready $(vrouter-vif delete v0)"
        parameter not_ready 0
        cat $parameters/standin_danger_count

        bare; ip link add vhost0 address 02:00:00:00:00:01 type vhost
        ip link set vhost0 up; ip address add 10.8.0.1/24 dev vhost0
        vrouter-vif add-physical v0; vrouter-vif add-host vhost0 v0
        heard 'a wrong MAC'
        """)
    #expect(result.errors == "")
    #expect(
      result.output == """
        no physical interface -19
        no such NIC -19
        no such interface -19
        a bridge's port 0 -16
        v0 linked \n\
        a NIC that is no interface -19
        a link twice in the list 0
        RTNETLINK answers: Device or resource busy
        again 0
        RTNETLINK answers: Cannot allocate memory
        told to -12 and then 0
        told to 0 -5
        while the physical one still has the frames -16
        joined: v0 0 vhost0 3
        told to -5
        v0 linked vhost0 linked \n\
        silent 1: v0 0 vhost0 0
        silent 2: v0 0 vhost0 0
        silent 3: v0 0 vhost0 0
        silent 0: v0 0 vhost0 3
        not ready -102
        0
        0
        0
        a wrong MAC: v0 0 vhost0 0

        """)
  }
}
