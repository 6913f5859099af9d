import Testing

/// Files that lie elsewhere: a host below another root, a folder that containers share.
extension HostPreparationTests {
  static let placeCases: [HostPreparationCase] = [
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
          == [
            "withdraw-readiness", "load-module", "write-configuration", "install-probe", "remember-identity",
            "declare-ready",
          ])
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
}
