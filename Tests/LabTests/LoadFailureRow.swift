/// One row of docs/module.md's table of what was seen of loads that fail: what the kernel itself answers, and what the
/// agent makes of the same host and file.
struct LoadFailureRow: Sendable {
  /// As the table names it.
  let name: String
  /// Shell that makes the fault, and takes it away again.
  var given = ""
  var after = ""
  /// Shell that asks the kernel itself, and prints its answer.
  var asks = "finit-module $builds/vrouter.ko"
  /// The kernel's answer: an errno's name, or `loads`.
  let answer: String
  /// Words of the kernel's log that come with it; nil where it says nothing.
  var log: String?

  /// Of the agent: `NAME=value` words, and a command in whose place it runs.
  var environment = ""
  var within = ""
  var exitCode = 12
  /// Words of its message: the cause, and what to do.
  var says: [String] = []
  /// How often it asked the kernel: nil where its checks see the fault before.
  var attempts: Int?

  /// Each row on a bare node: first the kernel, then the agent.
  static func script(_ rows: [LoadFailureRow]) -> String {
    rows.enumerated().map { number, row in
      """
      bare
      place vrouter
      \(row.given)
      dmesg -c >/dev/null
      { \(row.asks); } >/out/\(number).answer 2>&1
      dmesg >/out/\(number).said
      [ ! -e /sys/module/vrouter ] || \(row.name == alreadyLoaded ? ":" : "rmmod vrouter")
      record \(number) \(row.within) env \(row.environment) vrouter-node-agent prepare
      \(row.after)

      """
    }.joined()
  }

  /// The one row whose fault is that the module is there.
  static let alreadyLoaded = "already loaded"
}
