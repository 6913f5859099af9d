import Netlink

extension Target {
  /// What is recorded of an exchange that succeeds is answered by the recording as the kernel answered it, whatever
  /// else the kernel sent.
  static let replays = Target(name: "replays", shape: .script, seeds: exchangeSeeds) { input in
    let script = Script(input)
    let question = Question(script.choice[0])
    let recorder = ExchangeRecorder()
    var live = RouteNetlink(
      NetlinkSession(
        RecordingTransport(ScriptedKernel(script.records, Ledger()), recorder), timeout: .seconds(3600),
        attempts: 2))
    let answer: Question.Answer?
    do throws(NetlinkError) {
      answer = try question.ask(&live)
    } catch {
      holdOneLine("\(error)")
      answer = nil
    }
    let exchanges = recorder.exchanges
    let size = exchanges.reduce(0) { $0 + $1.datagrams.reduce(0) { $0 + $1.count } }
    hold(size <= script.records.reduce(0) { $0 + $1.bytes.count }, "no more is recorded than came")

    var replay = RouteNetlink(
      NetlinkSession(ReplayTransport(exchanges), timeout: .seconds(3600), attempts: 2))
    for _ in 0..<2 {
      do throws(NetlinkError) {
        let replayed = try question.ask(&replay)
        if let answer { hold(replayed == answer, "a recording answers as the kernel did") }
      } catch {
        holdOneLine("\(error)")
        hold(answer == nil, "a recording answers what the kernel did: \(error)")
      }
    }
  }
}
