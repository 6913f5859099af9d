import Testing

/// `prepare` where files can't be written, or are not what they should be: nothing is written through a link, the
/// message says what to do, and the node isn't ready.
@Suite(.withGuests)
struct HostPreparationFaultTests {
  private static let card = """
    fresh
    take eth0
    lab-net eth0 10.0.2.15/24 10.0.2.2
    # What stands for somebody else's file.
    victim() { (cd "$1" && find . -type f -exec stat -c '%n %i %Y %Z %a %s' {} + -exec cat {} + && ls -a .); }
    mkdir -p /tmp/victim && rm -rf /tmp/victim/* && echo precious >/tmp/victim/file
    victim /tmp/victim >"$OUT/$CASE.victim-before"

    """

  private static let run = """

    ask prepare prepare
    probe probe
    victim /tmp/victim >"$OUT/$CASE.victim-after"
    [ ! -e /run/vrouter-node-agent/status.json ] || cp /run/vrouter-node-agent/status.json "$OUT/$CASE.status"
    """

  private static func expectUntouched(_ answers: HostAnswers) {
    #expect(answers.text("victim-before") != nil)
    #expect(answers.text("victim-before") == answers.text("victim-after"))
  }

  static let cases: [HostPreparationCase] = [
    .init(
      "the configuration folder is read-only",
      card + "mkdir /etc/contrail\nmount -t tmpfs -o ro tmpfs /etc/contrail" + run
    ) { said throws in
      try said.expectFailure(
        17, naming: ["/etc/contrail/contrail-vrouter-agent.conf", "Read-only file system"],
        remedy: "mount it writable")
      #expect(
        try said.status().summary == [
          "SettingsValid True", "InterfaceDecided True", "ModuleLoaded True", "ConfigurationWritten False",
          "Ready False",
        ])
    },
    .init(
      "a prepared node whose configuration can't be changed any more",
      card + """
        "$AGENT" prepare >/dev/null
        vrouter-probe
        mkdir -p /tmp/kept
        cp -a /etc/contrail/. /tmp/kept
        mount -t tmpfs tmpfs /etc/contrail
        cp -a /tmp/kept/. /etc/contrail
        mount -o remount,ro /etc/contrail
        export LOG_LEVEL=SYS_DEBUG
        """ + run
    ) { said throws in
      try said.expectFailure(17, naming: ["Read-only file system"], remedy: "mount it writable")
      #expect(try said.answer("probe").output.contains("not ready: file: "))
    },
    .init("no configuration folder, in a read-only /etc", card + "mount -o remount,ro /tmp/etc" + run) {
      said throws in
      try said.expectFailure(
        17, naming: ["/etc/contrail", "Read-only file system"], remedy: "mount it writable")
      #expect(try said.status()["ConfigurationWritten"]?.status == "False")
    },
    .init(
      "a link in the place of the configuration",
      card + "mkdir /etc/contrail\nln -s /tmp/victim/file /etc/contrail/contrail-vrouter-agent.conf" + run
    ) { said throws in
      try said.expectFailure(
        17, naming: ["/etc/contrail/contrail-vrouter-agent.conf", "it is a symbolic link"],
        remedy: "remove it")
      expectUntouched(said)
    },
    .init(
      "a dangling link in the place of the configuration",
      card + "mkdir /etc/contrail\nln -s /tmp/victim/new /etc/contrail/contrail-vrouter-agent.conf" + run
    ) { said throws in
      try said.expectFailure(17, naming: ["it is a symbolic link"], remedy: "remove it")
      expectUntouched(said)
    },
    .init("a link in the place of the configuration folder", card + "ln -s /tmp/victim /etc/contrail" + run) {
      said throws in
      try said.expectFailure(
        17, naming: ["/etc/contrail is a symbolic link"], remedy: "replace the link by a folder")
      expectUntouched(said)
    },
    .init(
      "a dangling link in the place of the configuration folder",
      card + "ln -s /tmp/victim/new /etc/contrail" + run
    ) { said throws in
      try said.expectFailure(
        17, naming: ["/etc/contrail is a symbolic link"], remedy: "replace the link by a folder")
      expectUntouched(said)
    },
    .init(
      "a folder in the place of the configuration",
      card + "mkdir -p /etc/contrail/contrail-vrouter-agent.conf/inner" + run
    ) { said throws in
      try said.expectFailure(
        17, naming: ["/etc/contrail/contrail-vrouter-agent.conf is no regular file"],
        remedy: "remove or rename what is there")
    },
    .init(
      "a pipe in the place of the configuration",
      card + "mkdir /etc/contrail\nmkfifo /etc/contrail/contrail-vrouter-agent.conf" + run
    ) { said throws in
      try said.expectFailure(17, naming: ["is no regular file"], remedy: "remove or rename what is there")
    },
    .init("a file in the place of the configuration folder", card + "echo x >/etc/contrail" + run) {
      said throws in
      try said.expectFailure(
        17, naming: ["/etc/contrail/contrail-vrouter-agent.conf", "Not a directory"],
        remedy: "remove or rename what is")
    },
    .init(
      "a link in the place of the readiness file, and nothing to do",
      card + """
        "$AGENT" prepare >/dev/null
        ln -sf /tmp/victim/file /run/vrouter-node-agent/ready
        """ + run
    ) { said throws in
      try said.expectFailure(
        1, naming: ["/run/vrouter-node-agent/ready", "it is a symbolic link"], remedy: "remove it")
      #expect(try said.status().summary.last == "Ready False")
      expectUntouched(said)
    },
    .init(
      "a link in the place of the readiness file, on a node that isn't prepared",
      card + "mkdir /run/vrouter-node-agent\nln -s /tmp/victim/file /run/vrouter-node-agent/ready" + run
        + "\nstat -c %F /run/vrouter-node-agent/ready >\"$OUT/$CASE.kind\""
    ) { said throws in
      // Withdrawing readiness takes the link away, never what it leads to.
      #expect(try said.answer("prepare").code == 0)
      #expect(try said.answer("probe").code == 0)
      #expect(said.text("kind") == "regular file\n")
      expectUntouched(said)
    },
    .init(
      "a link in the place of this program's folder", card + "ln -s /tmp/victim /run/vrouter-node-agent" + run
    ) { said throws in
      try said.expectFailure(
        1, naming: ["/run/vrouter-node-agent is a symbolic link"], remedy: "replace the link by a folder")
      expectUntouched(said)
    },
    .init("a read-only /run", card + "mount -o remount,ro /run" + run) { said throws in
      try said.expectFailure(1, naming: ["/run", "Read-only file system"], remedy: "mount it writable")
    },
    .init(
      "a /run that became read-only after a preparation",
      card + """
        "$AGENT" prepare >/dev/null
        mount -o remount,ro /run
        export LOG_LEVEL=SYS_DEBUG
        ask prepare prepare
        probe probe
        grep log_level /etc/contrail/contrail-vrouter-agent.conf >"$OUT/$CASE.level"
        """
    ) { said throws in
      let answer = try said.answer("prepare")
      #expect(answer.code == 1)
      #expect(answer.errors.contains("Read-only file system"), "\(answer)")
      // Nothing was changed, so that what the probe says is still true.
      #expect(said.text("level") == "log_level=SYS_NOTICE\n")
      #expect(try said.answer("probe").code == 0)
    },
    .init(
      "a folder for the probe that isn't there", with: ["VROUTER_PROBE_DIR": "/tmp/nowhere"], card + run
    ) { said throws in
      try said.expectFailure(
        1, naming: ["the probe was not copied", "/tmp/nowhere", "VROUTER_PROBE_DIR"],
        remedy: "mount the volume")
    },
    .init(
      "a folder for the probe that is read-only", with: ["VROUTER_PROBE_DIR": "/tmp/shared"],
      card + "mkdir -p /tmp/shared\nmount -t tmpfs -o ro tmpfs /tmp/shared" + run
    ) { said throws in
      try said.expectFailure(
        1, naming: ["the probe was not copied", "Read-only file system"], remedy: "mount it writable")
    },
  ]

  private static let guest = HostGuestRun(
    cases.map(\.host), in: Guest(nics: [.peer], timeout: .seconds(700)))

  @Test(arguments: cases) func isRefused(_ host: HostPreparationCase) async throws {
    try host.check(try await Self.guest.answers(host.host))
  }
}
