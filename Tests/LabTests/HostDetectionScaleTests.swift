import Testing

/// `detect` on a host with 10,000 veths and 100,000 routes.
@Suite(.timeLimit(.minutes(3)))
struct HostDetectionScaleTests {
  private static let host = HostCase(
    "10,000 veths and 100,000 routes", ["CONTROL_NODES": "20.0.1.7"],
    script: """
      echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
      card eth0 10.0.0.5/24 10.0.0.1
      card eth1 10.1.0.5/24
      awk 'BEGIN { for (n = 1; n <= 5000; n++) print "link add v" n " type veth peer name w" n }' | ip -batch -
      awk 'BEGIN {
        for (n = 0; n < 100000; n++) print "route add 20." int(n / 65536) "." int(n / 256) % 256 "." n % 256 " via 10.0.0.1"
      }' | ip -batch -
      ls /sys/class/net | wc -l >"$OUT/$CASE.links"
      ip route show | wc -l >"$OUT/$CASE.routes"
      now() { date +%s%3N; }
      for form in brief text; do
        case $form in brief) option=--brief ;; *) option= ;; esac
        start=$(now)
        ask "$form" detect $option
        echo $(($(now) - start)) >"$OUT/$CASE.$form.milliseconds"
      done
      ask json detect --output json
      ask capture capture "$OUT/$CASE.captured"
      replay text
      rm -rf "$OUT/$CASE.captured"
      """)

  @Test func isQuick() async throws {
    let answers = try await Self.host.runInNamespace()
    #expect(try answers.number("links") > 10_000)
    #expect(try answers.number("routes") > 100_000)

    let brief = try answers.answer("brief")
    #expect(brief.output == "eth0 10.0.0.5/24 10.0.0.1\n", "\(brief)")
    let text = try answers.answer("text")
    #expect(text.code == 0 && text.output.split(separator: "\n").count > 10_000)
    let decision = try answers.answer("json").json(DetectionDocument.self)
    #expect(decision.rule == "route-to-control-node")
    #expect(decision.candidates.count > 10_000)
    #expect(decision.candidates.last?.reason.contains("veth pair that carries no default route") == true)
    #expect(try answers.answer("captured-text") == text)

    // An idle machine takes a hundredth, and a tenth, of these: whatever grows with the square is far beyond them.
    #expect(try answers.number("brief.milliseconds") < 1_000)
    #expect(try answers.number("text.milliseconds") < 5_000)
  }
}
