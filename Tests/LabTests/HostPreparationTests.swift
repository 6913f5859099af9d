import Testing

/// `prepare` on a host where it can do its work: files, secrets, status, roots.
@Suite(.timeLimit(.minutes(15)))
struct HostPreparationTests {
  private static let card = """
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

  static let cases: [HostPreparationCase] = [
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
        try steps("first") == ["withdraw-readiness", "load-module", "write-configuration", "declare-ready"])
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
          "withdraw-readiness", "load-module", "write-configuration", "declare-ready",
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
      "everything that is malformed is reported at once",
      with: [
        "VROUTER_GATEWAY": "10.0.2.300", "XMPP_SERVER_PORT": "many", "METADATA_PROXY_SECRET": "hush#hush",
      ],
      card + """
        cat >/tmp/common.env <<'END'
        LOG_LEVEL=$(id)
        PHYSICAL_INTERFACE=/dev/null
        DNS_SERVER_PORT=70000
        VROUTER_AGENT__METADATA__metadata_proxy_secret='whisper
        whisper'
        END
        ask prepare prepare --env-file /tmp/common.env --log-level debug
        ask json prepare --env-file /tmp/common.env --output json --log-format json
        probe probe
        status status
        ask diagnose diagnose --env-file /tmp/common.env
        ls /sys/module | grep -c '^vrouter$' >"$OUT/$CASE.loaded" || :
        """
    ) { said throws in
      try said.expectFailure(
        10,
        naming: [
          "7 problems with the settings:", "VROUTER_GATEWAY", "10.0.2.300", "XMPP_SERVER_PORT", "many",
          "METADATA_PROXY_SECRET", "/tmp/common.env", "LOG_LEVEL", "PHYSICAL_INTERFACE", "/dev/null",
          "DNS_SERVER_PORT",
          "70000", "VROUTER_AGENT__METADATA__metadata_proxy_secret",
        ], remedy: "expected")
      #expect(try said.answer("json").code == 10)
      #expect(said.text("loaded") == "0\n")
      let status = try said.status()
      #expect(!status.ready)
      #expect(
        status.summary == [
          "SettingsValid False", "InterfaceDecided Unknown", "ModuleLoaded Unknown",
          "ConfigurationWritten Unknown",
          "Ready False",
        ])
      #expect(status["SettingsValid"]?.reason == "settings")
      #expect(status["SettingsValid"]?.message.contains("XMPP_SERVER_PORT") == true)
      for (_, bytes) in said.files {
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("hush") && !text.contains("whisper"))
      }
    },
    .init(
      "a secret of two lines", with: ["METADATA_PROXY_SECRET": "hush\nhush", "XFLOW_NODE_IP": "nowhere"],
      card + """
        ask prepare prepare --log-level debug
        probe probe
        status status
        """
    ) { said throws in
      try said.expectFailure(
        10, naming: ["METADATA_PROXY_SECRET", "XFLOW_NODE_IP", "nowhere"], remedy: "expected")
      for (_, bytes) in said.files { #expect(!String(decoding: bytes, as: UTF8.self).contains("hush")) }
    },
    .init(
      "a secret that is good stays between the settings and the file",
      with: ["METADATA_PROXY_SECRET": "open-sesame"],
      card + """
        ask prepare prepare --log-level debug
        ask json prepare --output json --log-level debug --log-format json
        ask render config render
        ask explain config render --explain
        ask render-json config render --output json
        ask diagnose diagnose --output json
        status status
        cp /run/vrouter-node-agent/ready "$OUT/$CASE.ready"
        grep -c '^metadata_proxy_secret=open-sesame$' $conf >"$OUT/$CASE.written"
        find /run -type f -exec grep -l sesame {} + >"$OUT/$CASE.elsewhere" || :
        """
    ) { said throws in
      #expect(said.text("written") == "1\n")
      #expect(said.text("elsewhere") == "")
      #expect(try said.answer("prepare").code == 0)
      for (_, bytes) in said.files { #expect(!String(decoding: bytes, as: UTF8.self).contains("sesame")) }
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
    .init(
      "in a container, on the host's / below /host",
      card + """
        mkdir -p /host
        mount --rbind / /host
        # The container's own, in which nothing may be looked up or written.
        mount -t tmpfs tmpfs /run
        mount -t tmpfs tmpfs /etc
        mount -t tmpfs tmpfs /lib/modules
        probe before --root /host
        ask prepare prepare --root /host --output json
        probe ready --root /host
        ask probe probe --root /host
        ask diagnose diagnose --root /host
        probe own
        ask own probe
        find /run /etc >"$OUT/$CASE.own-files"
        stat -c %a /host/etc/contrail/contrail-vrouter-agent.conf /host/run/vrouter-node-agent/ready >"$OUT/$CASE.modes"
        mount -t tmpfs -o ro tmpfs /host/etc/contrail
        ask refused prepare --root /host
        ask relative prepare --root host
        ask missing probe --root /nowhere
        probe missing-root --root /nowhere
        ask unload module unload --root /host
        """
    ) { said throws in
      #expect(try said.answer("before").code == 1)
      #expect(try said.answer("prepare").json(PreparationDocument.self).ready)
      #expect(try said.answer("ready").code == 0)
      #expect(try said.answer("probe").code == 0)
      #expect(try said.answer("diagnose").code == 0)
      #expect(try said.answer("own").code == 1)
      #expect(said.text("own-files") == "/run\n/etc\n")
      #expect(said.text("modes") == "640\n644\n")
      let refused = try said.answer("refused")
      #expect(refused.code == 17)
      #expect(
        refused.errors.contains("/etc/contrail/contrail-vrouter-agent.conf (below /host)"), "\(refused)")
      #expect(try said.answer("relative").code == 2)
      #expect(try said.answer("relative").errors.contains("--root /host"))
      #expect(try said.answer("missing").code == 2)
      #expect(try said.answer("missing-root").code == 2)
      #expect(try said.answer("unload").code == 0)
    },
    .init(
      "a copy of the probe for other containers", with: ["VROUTER_PROBE_DIR": "/tmp/shared"],
      card
        + """
        mkdir -p /tmp/shared
        mount -t tmpfs tmpfs /tmp/shared
        ask first prepare --output json
        /tmp/shared/vrouter-probe >"$OUT/$CASE.said"
        stat -c '%a %i' /tmp/shared/vrouter-probe >"$OUT/$CASE.copy-1"
        ask second prepare --output json
        stat -c '%a %i' /tmp/shared/vrouter-probe >"$OUT/$CASE.copy-2"
        echo broken >/tmp/shared/vrouter-probe
        ask third prepare --output json
        cmp /tmp/shared/vrouter-probe "$(command -v vrouter-probe)"
        ls -a /tmp/shared >"$OUT/$CASE.files"
        cp "$AGENT_PATH" /tmp/lonely
        code=0
        /tmp/lonely prepare >/dev/null 2>"$OUT/$CASE.lonely.err" || code=$?
        echo $code >"$OUT/$CASE.lonely.code"
        """.replacing("\"$AGENT_PATH\"", with: "\"$(readlink -f \"$(command -v vrouter-node-agent)\")\"")
    ) { said throws in
      #expect(
        try said.answer("first").json(PreparationDocument.self).steps.map(\.name)
          == ["withdraw-readiness", "load-module", "write-configuration", "install-probe", "declare-ready"])
      #expect(said.text("said")?.hasPrefix("ready: eth0 ") == true)
      #expect(said.text("copy-1")?.hasPrefix("755 ") == true)
      #expect(said.text("copy-1") == said.text("copy-2"))
      #expect(try said.answer("second").json(PreparationDocument.self).steps.map(\.name) == ["declare-ready"])
      #expect(
        try said.answer("third").json(PreparationDocument.self).steps.map(\.name)
          == ["withdraw-readiness", "install-probe", "declare-ready"])
      #expect(said.text("files") == ".\n..\nvrouter-probe\n")
      #expect(try said.answer("lonely").code == 1)
      #expect(try said.answer("lonely").errors.contains("must lie beside this program"))
    },
  ]

  private static let run = HostGuestRun(
    cases.map(\.host), in: Guest(nics: [.peer], timeout: .seconds(700)))

  @Test(arguments: cases) func works(on host: HostPreparationCase) async throws {
    try host.check(try await Self.run.answers(host.host))
  }
}
