import Foundation
import Testing

/// Huge pages, virtual functions and NIC features: for real, and undone.
@Suite(.withGuests)
struct NodeTests {
  /// An nvme controller in the place of a card, as QEMU has no card with virtual functions: it is made to look as one, by the
  /// name card0. Everything behind /sys/class/net/card0/device is the kernel's own.
  private static let card = """
    place vrouter
    device=/sys/bus/pci/devices/0000:01:00.0
    mkdir /tmp/net
    for link in /sys/class/net/*; do ln -s "$(readlink -f "$link")" "/tmp/net/${link##*/}"; done
    mkdir /tmp/net/card0
    ln -s ../../../../bus/pci/devices/0000:01:00.0 /tmp/net/card0/device
    mount -o bind /tmp/net /sys/class/net
    functions() { echo "$(cat $device/sriov_numvfs) $(ls -d $device/virtfn* 2>/dev/null | wc -l)"; }
    pages() { cat /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages; }
    # What the driver makes of a new function takes it half a second: it has none by then.
    settled() { while ls -d $device/virtfn*/driver >/dev/null 2>&1; do sleep 0.1; done; }

    """

  @Test func hugePagesAreReservedMountedAndGivenBack() async throws {
    let result = try await ModuleScript.run(
      Self.card + """
        export HUGE_PAGES_2MB=40
        agent refused prepare
        export VROUTER_HUGE_PAGES_MOUNT=true
        agent plan prepare --dry-run --output json
        pages >/out/dry
        agent first prepare --output json
        pages >/out/first.pages
        grep '^hugetlbfs /dev/hugepages ' /proc/mounts >/out/mount
        agent again prepare --output json
        agent healthy diagnose --output json
        HUGE_PAGES_2MB=4000 agent short prepare
        pages >/out/short.pages
        HUGE_PAGES_2MB=4000 agent diagnose diagnose --output json
        agent cleanup cleanup
        pages >/out/end
        grep -c hugetlbfs /proc/mounts >>/out/end
        """)
    let refused = try result.agentRun("refused")
    #expect(refused.exitCode == 10 && refused.left == .nothing, "\(refused.errors)")
    #expect(refused.errors.contains("no hugetlbfs with pages of that size is mounted at /dev/hugepages"))
    #expect(result.text("dry") == "0\n")
    let first = try result.agentRun("first")
    #expect(first.exitCode == 0 && first.left.probe == 0, "\(first.errors)")
    let wanted = ["mount-huge-pages", "reserve-huge-pages"]
    for run in ["plan", "first"] {
      let steps = try result.agentRun(run).json(PreparationDocument.self).steps.map(\.name)
      #expect(steps.filter(wanted.contains) == wanted, "\(run)")
    }
    #expect(result.text("first.pages") == "40\n")
    #expect(result.text("mount")?.contains("pagesize=2M") == true)
    #expect(
      try result.agentRun("again").json(PreparationDocument.self).steps.map(\.name) == ["declare-ready"])
    let healthy = try result.agentRun("healthy").json(DiagnosisDocument.self)
    #expect(healthy.findings.map(\.name) == [])
    // How the virtio card receives, as its driver says: 256 descriptors unless somebody set another number.
    let receive = try #require(healthy.receive.first { $0.interface == "eth0" })
    #expect(receive.rings?.rx == 256 && receive.rings?.rxMax == 256)
    #expect(receive.channels?.combined == 1 && receive.channels?.combinedMax == 1)
    #expect(receive.coalescing?.rxFrames != nil && receive.coalescing?.txFrames != nil)

    // More than there is memory for: told with the figure that the kernel has, and the node stays ready.
    let short = try result.agentRun("short")
    #expect(short.exitCode == 0 && short.left.probe == 0, "\(short.errors)")
    let got = try #require(result.text("short.pages").flatMap { Int($0.dropLast()) })
    #expect(got > 40 && got < 256)
    #expect(short.errors.contains("the kernel has \(got) huge pages of 2 MiB, \(4000 - got) fewer than"))
    #expect(short.errors.contains("hugepagesz=2M hugepages=4000"))
    let finding = try #require(
      try result.agentRun("diagnose").json(DiagnosisDocument.self)["huge-pages.short"])
    #expect(finding.severity == "warning" && finding.evidence.contains { $0.hasPrefix("node 0: \(got) ") })

    let cleanup = try result.agentRun("cleanup")
    #expect(cleanup.exitCode == 0, "\(cleanup.errors)")
    #expect(cleanup.output.contains("gave \(got) huge pages of 2 MiB back"))
    #expect(result.text("end") == "0\n0\n")
  }

  /// Pages of 1 GiB are the business of the boot, where a machine's memory is in one piece: those that were reserved then count.
  @Test func gigabytePagesOfTheBootCount() async throws {
    var guest = ModuleScript.guest()
    guest.memory = 4096
    guest.processorModel = "qemu64,+pdpe1gb"
    guest.kernelArguments = ["hugepagesz=1G", "hugepages=1"]
    let result = try await ModuleScript.run(
      """
      place vrouter
      export HUGE_PAGES_1GB=1 HUGE_PAGES_1GB_DIR=/run/pages
      agent refused prepare
      export VROUTER_HUGE_PAGES_MOUNT=true
      agent first prepare --output json
      grep ' /run/pages ' /proc/mounts >/out/mount
      agent healthy diagnose --output json
      HUGE_PAGES_1GB=9 agent short diagnose --output json
      agent cleanup cleanup
      cat /sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages >/out/end
      """, in: guest)
    #expect(try result.agentRun("refused").exitCode == 10)
    let first = try result.agentRun("first")
    #expect(first.exitCode == 0, "\(first.errors)")
    let steps = try first.json(PreparationDocument.self).steps.map(\.name)
    #expect(steps.contains("mount-huge-pages") && !steps.contains("reserve-huge-pages"))
    #expect(result.text("mount")?.contains("pagesize=1024M") == true)
    #expect(try result.agentRun("healthy").json(DiagnosisDocument.self).findings.map(\.name) == [])
    let short = try result.agentRun("short").json(DiagnosisDocument.self)["huge-pages.short"]
    #expect(short?.message.contains("1 are reserved: 8 missing") == true)
    #expect(short?.remedy.contains("hugepagesz=1G hugepages=9") == true)
    // What the boot reserved isn't this program's to give back.
    #expect(result.text("end") == "1\n")
  }

  @Test func virtualFunctionsAreMadeThroughNone() async throws {
    var guest = ModuleScript.guest()
    guest.functions = 4
    let result = try await ModuleScript.run(
      Self.card + """
        export SRIOV_PHYSICAL_INTERFACE=card0 SRIOV_VFIO_DRIVER=uio_pci_generic
        SRIOV_VF=5 agent many prepare
        functions >/out/functions
        SRIOV_VF=2 agent two prepare --output json
        functions >>/out/functions
        [ -d /sys/module/uio_pci_generic ] && echo loaded >/out/driver
        settled
        # The kernel itself refuses what doesn't go through none.
        (echo 3 >$device/sriov_numvfs) 2>/dev/null || echo "kernel refuses" >>/out/functions
        SRIOV_VF=3 agent three prepare --output json
        functions >>/out/functions
        settled
        address=$(basename "$(readlink $device/virtfn1)")
        echo uio_pci_generic >$device/virtfn1/driver_override
        echo "$address" >/sys/bus/pci/drivers_probe
        basename "$(readlink $device/virtfn1/driver)" >>/out/driver
        SRIOV_VF=4 agent used prepare
        SRIOV_VF=4 agent diagnose diagnose --output json
        functions >>/out/functions
        SRIOV_VF=4 agent kept cleanup
        functions >>/out/functions
        SRIOV_VF=4 VROUTER_SRIOV_IN_USE=replace agent replaced prepare --output json
        functions >>/out/functions
        settled
        SRIOV_VF=4 agent cleanup cleanup
        functions >>/out/functions
        """, in: guest)
    #expect(
      result.text("functions") == "0 0\n2 2\nkernel refuses\n3 3\n3 3\n3 3\n4 4\n0 0\n",
      "\(result.text("functions") ?? "")")
    #expect(result.text("driver") == "loaded\nuio_pci_generic\n")
    let many = try result.agentRun("many")
    #expect(many.exitCode == 10 && many.left == .nothing)
    #expect(
      many.errors.contains("asks for 5 virtual functions of card0, and it can have 4"), "\(many.errors)")
    for run in ["two", "three", "replaced"] {
      let seen = try result.agentRun(run)
      #expect(seen.exitCode == 0, "\(run): \(seen.errors)")
      #expect(try seen.json(PreparationDocument.self).steps.map(\.name).contains("make-functions"))
    }
    // One that another driver has: nothing goes, unless that is allowed, at cleanup either.
    let used = try result.agentRun("used")
    #expect(used.exitCode == 10 && used.left.probe == 0, "\(used.errors)")
    #expect(used.errors.contains("the driver uio_pci_generic has it"), "\(used.errors)")
    let finding = try result.agentRun("diagnose").json(DiagnosisDocument.self)["virtual-functions.refused"]
    #expect(finding?.severity == "error")
    let kept = try result.agentRun("kept")
    #expect(
      kept.exitCode == 0 && kept.output.contains("left: 3 virtual functions of card0 stay"), "\(kept.output)")
    let cleanup = try result.agentRun("cleanup")
    #expect(cleanup.output.contains("card0 has 0 virtual functions again"), "\(cleanup.output)")
  }

  /// VMware's card, with a real takeover: LRO and checksums are off while vhost0 stands on it, and on again afterwards.
  @Test func featuresAreTurnedOffAndOnAgain() async throws {
    var guest = ModuleScript.guest()
    guest.nics = [.vmxnet3]
    let result = try await ModuleScript.run(
      """
      place vrouter
      export VROUTER_TAKEOVER=true
      VROUTER_NIC_FEATURES=keep agent keep prepare --dry-run --output json
      agent before diagnose --output json
      agent prepare prepare --output json
      agent healthy diagnose --output json
      agent again prepare --output json
      agent cleanup cleanup
      agent after diagnose --output json
      """, in: guest)
    let off = ["rx-checksum is on", "rx-lro is on", "tx-checksum-ip-generic is on"]
    for run in ["before", "after"] {
      let finding = try result.agentRun(run).json(DiagnosisDocument.self)["nic.features-unfit"]
      #expect(finding?.evidence == off, "\(run)")
    }
    func steps(_ run: String) throws -> [String] {
      try result.agentRun(run).json(PreparationDocument.self).steps.map(\.name)
    }
    #expect(try !steps("keep").contains("turn-off-features"))
    let prepared = try result.agentRun("prepare")
    #expect(prepared.exitCode == 0 && prepared.left.probe == 0, "\(prepared.errors)")
    let order = ["turn-off-features", "take-over"]
    #expect(try steps("prepare").filter(order.contains) == order)
    #expect(try result.agentRun("healthy").json(DiagnosisDocument.self).findings.map(\.name) == [])
    #expect(try steps("again") == ["declare-ready"])
    #expect(
      try result.agentRun("cleanup").output.contains(
        "turned rx-checksum, rx-lro, tx-checksum-ip-generic of eth0 on again"))
  }
}
