import Testing

/// A loaded module that differs from the wanted one, and the copy in the kernel's module tree.
@Suite(.withGuests)
struct ModuleReplaceTests {
  @Test func isReplacedWhenNothingIsLostByIt() async throws {
    let result = try await ModuleScript.run(
      """
      place vrouter
      agent first prepare
      export VROUTER_MODULE_OPTIONS=vr_mpls_labels=8192
      # Without leave it stays, and the difference is told.
      agent told prepare
      cat /sys/module/vrouter/parameters/vr_mpls_labels >/out/told.labels
      export VROUTER_MODULE_REPLACE=if-unused
      # A vhost link is use, though the module counts no reference.
      ip link add name vhost0 address 52:54:00:0a:00:02 type vhost
      agent linked module load
      cat /sys/module/vrouter/parameters/vr_mpls_labels >/out/linked.labels
      ip link delete vhost0
      agent dry prepare --dry-run
      agent replaced prepare
      cat /sys/module/vrouter/parameters/vr_mpls_labels >/out/replaced.labels
      agent again prepare
      # What can't be loaded unloads nothing.
      record dangerous env VROUTER_MODULE_OPTIONS=vr_nexthops=0 vrouter-node-agent prepare
      """)
    #expect(try result.agentRun("first").exitCode == 0)
    let told = try result.agentRun("told")
    #expect(told.exitCode == 0)
    #expect(told.errors.contains("vr_mpls_labels was asked to be 8192 and is 5120"), "\(told.errors)")
    #expect(result.text("told.labels") == "5120\n")
    let linked = try result.agentRun("linked")
    #expect(linked.exitCode == 0, "\(linked.errors)")
    #expect(linked.errors.contains("the loaded module is not replaced: [vhost-link]"), "\(linked.errors)")
    #expect(result.text("linked.labels") == "5120\n")
    let dry = try result.agentRun("dry")
    #expect(dry.output.contains("unload the module that is loaded, and load"), "\(dry.output)")
    let replaced = try result.agentRun("replaced")
    #expect(replaced.exitCode == 0, "\(replaced.errors)")
    #expect(replaced.initCalls == 1)
    #expect(replaced.left.probe == 0)
    #expect(result.text("replaced.labels") == "8192\n")
    let again = try result.agentRun("again")
    #expect(again.initCalls == 0)
    #expect(again.left.probe == 0)
    let dangerous = try result.agentRun("dangerous")
    #expect(dangerous.exitCode == 12)
    #expect(dangerous.left.module == "live")
    #expect(dangerous.kernelLog == "")
  }

  @Test func theBuildIsCopiedIntoTheTreeAndTakenBack() async throws {
    let result = try await ModuleScript.run(
      """
      ls /lib/modules/$release/extra >/out/before 2>/dev/null
      place vrouter
      export VROUTER_MODULE_INSTALL=true
      agent install prepare
      grep -c '^extra/vrouter.ko:' /lib/modules/$release/modules.dep >/out/listed
      cmp $builds/vrouter.ko /lib/modules/$release/extra/vrouter.ko && echo same >/out/same
      agent again prepare
      rmmod vrouter
      # After a reboot the tree has it: by name, also for modprobe.
      rm -r $builds
      modprobe vrouter && rmmod vrouter && echo loaded >/out/modprobe
      agent tree prepare
      cp -r /var/lib/vrouter-node-agent /out/record
      agent uninstall module uninstall
      ls /lib/modules/$release/extra >/out/after 2>/dev/null
      grep -c vrouter.ko /lib/modules/$release/modules.dep >/out/unlisted
      agent nothing module uninstall
      """)
    let install = try result.agentRun("install")
    #expect(install.exitCode == 0, "\(install.errors)")
    #expect(install.errors.contains("/extra/vrouter.ko\n"), "\(install.errors)")
    #expect(result.text("listed") == "1\n")
    #expect(result.text("same") == "same\n")
    #expect(try result.agentRun("again").exitCode == 0)
    #expect(!(try result.agentRun("again").errors.contains("notice installed")))
    #expect(result.text("modprobe") == "loaded\n")
    let tree = try result.agentRun("tree")
    #expect(tree.exitCode == 0, "\(tree.errors)")
    #expect(tree.output.contains("/extra/vrouter.ko"), "\(tree.output)")
    let uninstall = try result.agentRun("uninstall")
    #expect(uninstall.exitCode == 0, "\(uninstall.errors)")
    #expect(uninstall.output.hasPrefix("removed /"))
    #expect(result.text("after") == result.text("before"))
    #expect(result.text("unlisted") == "0\n")
    #expect(uninstall.left.module == "live")
    #expect(try result.agentRun("nothing").output == "nothing was installed: nothing to do\n")
  }
}
