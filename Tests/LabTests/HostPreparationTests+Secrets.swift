import Testing

/// Malformed settings, all at once; and secrets, which nothing but the configuration may hold.
extension HostPreparationTests {
  static let secretCases: [HostPreparationCase] = [
    .init(
      "everything that is malformed is reported at once",
      with: [
        "VROUTER_GATEWAY": "10.0.2.300", "XMPP_SERVER_PORT": "many", "METADATA_PROXY_SECRET": "hush#hush",
        "DNS_SERVER_PROT": "53", "HUGE_PAGES_2MB": "8", "SRIOV_PHYSICAL_INTERFACE": "card7", "SRIOV_VF": "2",
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
        ask plan prepare --dry-run --env-file /tmp/common.env
        ask render config render --env-file /tmp/common.env
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
      // What the host has to say is told beside it, by every command, and the misspelt name too.
      for command in ["prepare", "json", "plan", "render"] {
        let answer = try said.answer(command)
        #expect(answer.code == 10)
        for words in [
          "DNS_SERVER_PROT", "HUGE_PAGES_2MB asks for huge pages", "there is no interface card7",
          "XMPP_SERVER_PORT",
        ] {
          #expect(answer.errors.contains(words), "\(command): \(words)\n\(answer.errors)")
        }
      }
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
  ]
}
