import Testing

/// The stand-in `vrouter` module: what it shows when it is loaded, and how its load fails.
@Suite(.withGuests)
struct StandInTests {
  @Test func loadsAndShowsWhatTheRealOneShows() async throws {
    let result = try await Guest(processors: 2, programs: []).run(
      """
      modprobe vrouter vr_vrfs=512 && cd /sys/module/vrouter
      cat version initstate refcnt; cat srcversion | grep -c '^[0-9A-F]\\{23\\}$'
      for device in pkt1 pkt2 pkt3; do
        (cd /sys/class/net/$device && echo $device $(cat type mtu) $(ls -d queues/rx-* | wc -l))
      done
      for file in parameters/*; do echo "${file##*/} $(stat -c %a $file) $(cat $file)"; done >/out/parameters
      ip link add vhost0 address 52:54:00:aa:bb:cc type vhost
      ip -o -d link show vhost0 | grep -o 'mtu 1500\\|maxmtu 65535\\|link/ether [^ ]*\\| vhost '
      ip link set vhost0 address 52:54:00:aa:bb:cc && cat /sys/class/net/vhost0/address
      count=1; while ip link add vhost$count type vhost 2>/out/limit; do count=$((count + 1)); done; echo $count
      rmmod vrouter && ls /sys/class/net
      """)
    #expect(
      result.output == """
        1.0-standin
        live
        0
        1
        pkt1 65535 65535 2
        pkt2 65535 65535 2
        pkt3 65535 65535 2
        mtu 1500
        link/ether 52:54:00:aa:bb:cc
        maxmtu 65535
         vhost 
        01:00:52:54:00:aa
        64
        lo

        """)
    #expect(result.errors == "")
    #expect(result.text("limit")?.contains("Cannot allocate memory") == true)
    #expect(result.kernelLog.contains("vrouter version: {\"build-info\": ["))
    let parameters = (result.text("parameters") ?? "").split(separator: "\n").map(String.init)
    #expect(parameters.filter { !$0.hasPrefix("standin_") } == Self.parameters)
  }

  /// With vr_vrfs=512; the others are the defaults.
  static let parameters = [
    "datapath_offloads 444 0", "vif_bridge_entries 444 1024", "vif_bridge_oentries 444 512",
    "vr_bridge_entries 444 262144", "vr_bridge_oentries 444 0", "vr_flow_entries 444 524288",
    "vr_flow_hold_limit 444 8192", "vr_force_ipv6_underlay_enabled 644 N", "vr_interfaces 444 4355",
    "vr_memory_alloc_checks 444 0", "vr_mpls_labels 444 5120", "vr_nexthops 444 524288",
    "vr_oflow_entries 444 0", "vr_perfp 444 1", "vr_perfq1 444 0", "vr_perfq2 444 0", "vr_perfq3 444 0",
    "vr_perfr 444 1", "vr_perfr1 444 0", "vr_perfr2 444 1", "vr_perfr3 444 1", "vr_perfs 444 1",
    "vr_pkt_droplog_buf_en 444 1", "vr_pkt_droplog_bufsz 444 200", "vr_pkt_droplog_min_sysctl_en 444 1",
    "vr_pkt_droplog_sysctl_en 444 1", "vr_uncond_close_flow_on_tcp_rst 444 0", "vr_vrfs 444 512",
    "vrouter_dbg 644 0",
  ]

  /// One load: the file, its options, what insmod says of the errno, what the kernel's log says.
  struct Load: Sendable {
    var file = "vrouter"
    var options = ""
    var error: String?
    var log: [String] = []
  }

  static let loads = [
    Load(log: ["vrouter version: "]),
    Load(
      options: "vr_nexthops=0", error: "Cannot allocate memory",
      log: [
        "vrouter module 1 init error (-12)",
        "vrouter (Nexthop): Init failed at nh_table_init:4715 with return -12 (data 0)",
      ]),
    // A product of 4 GiB wraps to nothing.
    Load(
      options: "vr_nexthops=536870912", error: "Cannot allocate memory",
      log: ["vrouter (Nexthop): Init failed"]),
    Load(
      options: "vr_mpls_labels=0", error: "Cannot allocate memory", log: ["vrouter module 3 init error (-12)"]
    ),
    Load(
      options: "vr_interfaces=0", error: "Cannot allocate memory", log: ["vrouter (Interface): Init failed"]),
    Load(
      options: "vr_interfaces=600000", error: "Cannot allocate memory",
      log: ["vrouter module 10 init error (-12)"]),
    Load(options: "vr_vrfs=600000", error: "Cannot allocate memory", log: ["vrouter (Vrf): Init failed"]),
    // Not even all of the memory could serve this.
    Load(
      options: "vr_nexthops=268435456", error: "Cannot allocate memory",
      log: ["with return -12 (data 2147483648)"]),
    Load(
      options: "vr_perfq1=1", error: "Operation not permitted",
      log: ["vr_perfq_check:", " Invalid CPU number vr_perfq1:1"]),
    Load(options: "vr_nexthops=abc", error: "Invalid parameters", log: ["`abc' invalid for parameter"]),
    Load(options: "vr_unheard_of=1", log: ["vrouter: unknown parameter 'vr_unheard_of' ignored"]),
    Load(
      options: "vr_pkt_droplog_buf_en=0", log: ["the real module would crash here: vr_pkt_drop_log_exit"]),
    Load(
      options: "vr_pkt_droplog_bufsz=30000", log: ["the real module would crash here: vr_pkt_drop_log_exit"]),
    Load(
      options: "vr_pkt_droplog_buf_en=0 vr_nexthops=0", error: "Cannot allocate memory",
      log: ["the real module would crash here: vr_pkt_drop_log_exit"]),
    Load(
      options: "standin_fail_errno=11", error: "Resource temporarily unavailable",
      log: ["vrouter stand-in: fails with -11"]),
    Load(options: "standin_fail_errno=16", error: "Device or resource busy"),
    Load(options: "standin_fail_errno=16 standin_fail_until=1"),
    Load(options: "standin_fail_errno=16 standin_fail_until=100000", error: "Device or resource busy"),
    Load(
      file: "vrouter-other-layout", error: "Invalid module format",
      log: ["disagrees about version of symbol module_layout"]),
    Load(
      file: "vrouter-other-flags", error: "Invalid module format",
      log: ["vrouter: version magic '", "' should be '"]),
    Load(file: "vrouter-other-release", log: ["vrouter version: "]),
    Load(
      file: "vrouter-unknown-symbol", error: "Unknown symbol in module",
      log: ["Unknown symbol lab_absent_symbol (err -2)"]),
    Load(file: "vrouter-truncated", error: "Invalid module format", log: ["Invalid ELF"]),
    Load(file: "vrouter-empty", error: "Invalid parameters"),
  ]

  @Test func eachFailureHasItsErrnoAndItsLog() async throws {
    let script = Self.loads.enumerated().map { number, load in
      """
      dmesg -c >/dev/null
      insmod /lab/modules/\(load.file).ko \(load.options) 2>/out/\(number).error && {
        ls /sys/class/net | grep -c pkt
        rmmod vrouter
      } >/out/\(number).devices
      [ ! -e /sys/module/vrouter ] && ! ls /sys/class/net | grep pkt || echo "\(number) left something"
      dmesg >/out/\(number).log
      """
    }
    let result = try await Guest(programs: []).run(script.joined(separator: "\n"))
    #expect(result.output == "")
    for (number, load) in Self.loads.enumerated() {
      let comment = Comment(rawValue: "\(load.file) \(load.options)")
      let error = result.text("\(number).error")
      if let expected = load.error {
        #expect(error?.contains(expected) == true, comment)
      } else {
        #expect(error == "", comment)
        #expect(result.text("\(number).devices") == "3\n", comment)
      }
      for words in load.log {
        #expect(result.text("\(number).log")?.contains(words) == true, comment)
      }
    }
  }

  @Test func whatHoldsItOrStopsIt() async throws {
    let result = try await Guest(module: .folder, programs: []).run(
      """
      module=/opt/contrail/vrouter-kernel-modules/$(uname -r)/vrouter.ko
      modprobe vrouter 2>/dev/null || echo "not in the tree"
      ip link add pkt3 type dummy
      insmod $module 2>&1 | grep -o 'Cannot allocate memory'
      dmesg | grep -o 'vrouter (Interface): .* with return -17'
      ip link delete pkt3
      insmod $module standin_chrdev=1
      mknod /dev/flow c $(awk '$2 == "vrouter_mem" { print $1 }' /proc/devices) 0
      exec 5</dev/flow
      rmmod vrouter 2>&1 | grep -o 'in use'
      exec 5<&-
      rmmod vrouter && grep -c vrouter_mem /proc/devices
      insmod $module vr_pkt_droplog_buf_en=0 && cat /sys/module/vrouter/parameters/standin_danger_count
      rmmod vrouter
      insmod $module standin_hang=2 2>/dev/null &
      until grep -q 'vrouter stand-in: hangs' /dev/kmsg; do :; done
      kill -9 $! && wait $!
      [ ! -e /sys/module/vrouter ] && echo "gave way"
      insmod $module standin_hang=1 &
      while [ "$(cat /sys/module/vrouter/initstate 2>/dev/null)" != coming ]; do :; done
      until [ "$(cut -d ' ' -f 3 /proc/$!/stat)" = D ]; do :; done
      kill -9 $!
      rmmod vrouter 2>&1 | grep -o 'in use\\|Device or resource busy'
      cat /sys/module/vrouter/initstate; cut -d ' ' -f 3 /proc/$!/stat
      """)
    #expect(
      result.output == """
        not in the tree
        Cannot allocate memory
        vrouter (Interface): Init failed at linux_pkt_dev_init:1723 with return -17
        in use
        0
        1
        gave way
        in use
        coming
        D

        """)
  }

  @Test func theKernelsArgumentsReachIt() async throws {
    let result = try await Guest(programs: [], kernelArguments: ["module.sig_enforce=1"]).run(
      "modprobe vrouter")
    #expect(result.exitCode == 1)
    #expect(result.errors.contains("Key was rejected by service"))
    #expect(result.kernelLog.contains("Loading of unsigned module is rejected"))
  }
}
