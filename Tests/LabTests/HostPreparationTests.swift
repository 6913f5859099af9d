import Testing

/// `prepare` on a host where it can do its work: files, secrets, status, roots.
@Suite(.withGuests)
struct HostPreparationTests {
  static let card = """
    fresh
    take eth0
    lab-net eth0 10.0.2.15/24 10.0.2.2
    conf=/etc/contrail/contrail-vrouter-agent.conf
    status() { cp /run/vrouter-node-agent/status.json "$OUT/$CASE.$1"; }

    """

  private static let allYes = [
    "SettingsValid True", "InterfaceDecided True", "ModuleLoaded True", "ConfigurationWritten True",
    "Ready True",
  ]

  static let fileCases: [HostPreparationCase] = [
    .init(
      "a bare node, and again",
      card + """
        probe before
        ask first prepare --output json
        probe ready
        stat -c '%a %u %g' $conf >"$OUT/$CASE.mode"
        stat -c '%i %Y %Z' $conf >"$OUT/$CASE.inode-1"
        cat $conf >"$OUT/$CASE.conf-1"
        date -s "@$(($(date +%s) + 100))" >/dev/null
        ask second prepare --output json
        probe still
        stat -c '%i %Y %Z' $conf >"$OUT/$CASE.inode-2"
        (export LOG_LEVEL=SYS_DEBUG; ask third prepare --output json)
        stat -c '%i %Y %Z' $conf >"$OUT/$CASE.inode-3"
        cat $conf >"$OUT/$CASE.conf-3"
        probe changed
        chmod 0644 $conf
        (export LOG_LEVEL=SYS_DEBUG; ask fourth prepare --output json)
        stat -c '%a %u %g' $conf >"$OUT/$CASE.mode-4"
        probe again
        """
    ) { said throws in
      #expect(try said.answer("before").code == 1)
      #expect(
        try said.answer("before").output.hasPrefix(
          "not ready: file: there is no /run/vrouter-node-agent/ready"))
      func steps(_ name: String) throws -> [String] {
        let answer = try said.answer(name)
        #expect(answer.code == 0, "\(answer)")
        let document = try answer.json(PreparationDocument.self)
        #expect(document.ready && !document.dryRun)
        return document.steps.map(\.name)
      }
      #expect(
        try steps("first") == [
          "withdraw-readiness", "load-module", "write-configuration", "remember-identity", "declare-ready",
        ])
      #expect(said.text("mode") == "640 0 0\n")
      #expect(try steps("second") == ["declare-ready"])
      #expect(said.text("inode-1") == said.text("inode-2"))
      #expect(try steps("third") == ["withdraw-readiness", "write-configuration", "declare-ready"])
      #expect(said.text("inode-3") != said.text("inode-2"))
      #expect(said.text("conf-1")?.contains("log_level=SYS_NOTICE\n") == true)
      #expect(
        said.text("conf-3")
          == said.text("conf-1")?.replacing("log_level=SYS_NOTICE", with: "log_level=SYS_DEBUG"))
      #expect(try steps("fourth") == ["withdraw-readiness", "write-configuration", "declare-ready"])
      #expect(said.text("mode-4") == "640 0 0\n")
      for name in ["ready", "still", "changed", "again"] {
        #expect(try said.answer(name).code == 0)
        #expect(try said.answer(name).output.hasPrefix("ready: eth0 (52:54:00:0a:00:02), module vrouter "))
      }
    },
    .init(
      "the plan changes nothing",
      card + """
        list() {
          find /run /etc -exec stat -c '%n %i %Y %Z %a %s' {} + | sort
          ls /sys/module
          ls /sys/class/net
        }
        list >"$OUT/$CASE.bare-1"
        ask bare prepare --dry-run
        ask bare-json prepare --dry-run --output json
        list >"$OUT/$CASE.bare-2"
        "$AGENT" prepare >/dev/null
        list >"$OUT/$CASE.prepared-1"
        ask prepared prepare --dry-run --output json
        (export LOG_LEVEL=SYS_DEBUG VROUTER_PROBE_DIR=/tmp; ask changed prepare --dry-run --output json)
        (export LOG_LEVEL='#'; ask wrong prepare --dry-run)
        ask detect detect
        ask diagnose diagnose
        ask render config render
        ask status module status
        ask load module load --dry-run
        list >"$OUT/$CASE.prepared-2"
        """
    ) { said throws in
      #expect(said.text("bare-1")?.contains("/etc/hosts ") == true)
      #expect(said.text("bare-1") == said.text("bare-2"))
      #expect(said.text("prepared-1")?.contains("/run/vrouter-node-agent/ready ") == true)
      #expect(said.text("prepared-1") == said.text("prepared-2"))
      let bare = try said.answer("bare")
      let plan = try said.answer("bare-json").json(PreparationDocument.self)
      #expect(bare.code == 0)
      #expect(plan.dryRun && !plan.ready)
      #expect(
        plan.steps.map(\.name) == [
          "withdraw-readiness", "load-module", "write-configuration", "remember-identity", "declare-ready",
        ])
      for step in plan.steps { #expect(bare.output.contains(step.description)) }
      #expect(bare.output.contains("would do:"))
      #expect(
        try said.answer("prepared").json(PreparationDocument.self).steps.map(\.name) == ["declare-ready"])
      #expect(
        try said.answer("changed").json(PreparationDocument.self).steps.map(\.name)
          == ["withdraw-readiness", "write-configuration", "install-probe", "declare-ready"])
      #expect(try said.answer("wrong").code == 10)
      for name in ["detect", "diagnose", "render", "status", "load"] {
        #expect(try said.answer(name).code == 0)
      }
    },
    .init(
      "the status of each failure, and since when",
      card + """
        later() { date -s "@$(($(date +%s) + 100))" >/dev/null; }
        ip route delete default
        (export VROUTER_MODULE_OPTIONS=vr_vrfs=0; ask nowhere prepare)
        status no-route-1
        later
        ask undecided prepare
        status no-route-2
        later
        ip route add default via 10.0.2.2 dev eth0
        (export VROUTER_MODULE_OPTIONS=vr_vrfs=0; ask module prepare)
        status module
        later
        ask ready prepare
        status ready-1
        later
        ask again prepare
        status ready-2
        later
        mount -t tmpfs -o ro tmpfs /etc/contrail
        ask configuration prepare
        status configuration
        stat -c %a /run/vrouter-node-agent/status.json >"$OUT/$CASE.mode"
        """
    ) { said throws in
      #expect(try said.answer("undecided").code == 11)
      #expect(try said.answer("module").code == 12)
      #expect(try said.answer("ready").code == 0)
      #expect(try said.answer("configuration").code == 17)
      #expect(said.text("mode") == "644\n")
      let first = try said.status("no-route-1")
      let second = try said.status("no-route-2")
      let undecided = [
        "SettingsValid True", "InterfaceDecided False", "ModuleLoaded Unknown",
        "ConfigurationWritten Unknown",
        "Ready False",
      ]
      #expect(first.summary == undecided && second.summary == undecided)
      #expect(first["InterfaceDecided"]?.reason == "undecided")
      #expect(second.updated >= first.updated + 100)
      #expect(second.conditions.map(\.since) == first.conditions.map(\.since))
      let module = try said.status("module")
      #expect(
        module.summary == [
          "SettingsValid True", "InterfaceDecided True", "ModuleLoaded False", "ConfigurationWritten Unknown",
          "Ready False",
        ])
      #expect(module["ModuleLoaded"]?.message.contains("vr_vrfs=0") == true)
      #expect(module["SettingsValid"]?.since == first.updated)
      #expect(module["InterfaceDecided"]?.since == module.updated)
      let ready = try said.status("ready-1")
      let again = try said.status("ready-2")
      #expect(ready.summary == allYes && again.summary == allYes)
      #expect(ready.ready && again.ready && ready.schema == 1)
      #expect(ready["Ready"]?.message.contains("eth0 with 10.0.2.15/24") == true)
      #expect(ready["Ready"]?.since == ready.updated)
      #expect(ready["InterfaceDecided"]?.since == module.updated)
      #expect(again.conditions.map(\.since) == ready.conditions.map(\.since))
      let configuration = try said.status("configuration")
      #expect(
        configuration.summary == [
          "SettingsValid True", "InterfaceDecided True", "ModuleLoaded True", "ConfigurationWritten False",
          "Ready False",
        ])
      #expect(configuration["ConfigurationWritten"]?.since == configuration.updated)
      #expect(configuration["ModuleLoaded"]?.since == ready.updated)
    },
  ]

  static let cases = fileCases + secretCases + placeCases

  private static let run = HostGuestRun(
    cases.map(\.host), in: Guest(nics: [.peer], timeout: .seconds(700)))

  @Test(arguments: cases) func works(on host: HostPreparationCase) async throws {
    try host.check(try await Self.run.answers(host.host))
  }
}
