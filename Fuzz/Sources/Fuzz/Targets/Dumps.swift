import Netlink

extension Target {
  /// Whole exchanges of a session with a kernel that follows a script: several parts, cut ones, wrong senders and
  /// sequence numbers, overruns. What a session returns is compared with what a plain reading of the same
  /// datagrams says.
  static let dumps = Target(name: "dumps", shape: .script, seeds: exchangeSeeds) { input in
    let script = Script(input)
    let ledger = Ledger()
    // With more, the session would pause between them.
    let attempts = 2
    var netlink = RouteNetlink(
      NetlinkSession(
        ScriptedKernel(
          script.records, canRestart: script.choice[0] & 64 != 0, tellsSizes: script.choice[0] & 128 != 0,
          ledger),
        timeout: .seconds(3600), timeLimit: .seconds(3600), attempts: attempts))
    for choice in script.choice {
      let question = Question(choice)
      let before = ledger.exchanges.count
      do throws(NetlinkError) {
        let answer = try question.ask(&netlink)
        judge(answer, to: question, Array(ledger.exchanges[before...]))
      } catch {
        holdOneLine("\(error)")
        hold(!error.remedy.isEmpty, "an error says what to do")
      }
      hold(ledger.exchanges.count - before <= 6 * attempts, "the number of tries is bounded")
    }
    // Each try sends, and finds the end of what was left before and that of the answer. All else is a record.
    hold(
      ledger.calls <= 2 * script.records.count + 5 * ledger.exchanges.count + 12,
      "\(ledger.calls) calls for \(script.records.count) records")
    hold(netlink.session.dropped <= script.records.count, "no more is dropped than came")
  }

  /// Every golden exchange, undisturbed and disturbed, for the questions.
  @Sendable
  static func exchangeSeeds() -> [[UInt8]] {
    var seeds: [[UInt8]] = []
    for (number, exchange) in Golden.all.enumerated() {
      // Two messages of each datagram: small inputs are changed faster.
      let datagrams = exchange.answers.map { Array(pieces(of: $0).prefix(2).joined()) }
      let answers = datagrams.map { Script.Record(kind: .answer, bytes: $0) }
      let next = [Script.Record(kind: .next, bytes: [])]
      let overrun = [Script.Record(kind: .failure, bytes: [105])] + next
      let noise = [Script.Kind.stranger, .stale, .misdirected, .datagram].map {
        Script.Record(kind: $0, bytes: datagrams[0])
      }
      let scripts: [[Script.Record]] = [
        answers + next + answers, noise + answers, answers.prefix(1) + overrun + answers,
      ]
      for question in Question.allCases where isAbout(exchange.request.number(at: 4), question) {
        seeds.append(
          Script(choice: [question.rawValue, question.rawValue], records: scripts[number % 3]).bytes)
      }
    }
    return seeds
  }

  /// A question is asked by requests of a type.
  private static func isAbout(_ type: UInt16, _ question: Question) -> Bool {
    switch question {
    case .anyDump, .anyRequest, .acknowledged, .someOfADump: true
    case .links, .linkByName: type == 18
    case .addresses: type == 22
    case .routes, .defaultRoutes, .routeTo, .entryTo: type == 26
    case .rules: type == 34
    case .neighbours: type == 30
    case .nextHopObjects: type == 106
    case .genericFamilies: type == 16
    case .batch: type == 16 || type == 18
    }
  }

  private static func judge(
    _ answer: Question.Answer, to question: Question, _ exchanges: [Ledger.Exchange]
  ) {
    let isSingle =
      question == .anyRequest || question == .linkByName || question == .routeTo || question == .entryTo
    let reading = PlainReading(exchanges.last, endsAtSingleMessage: isSingle)
    switch (question, answer) {
    case (.anyDump, .messages(let messages)):
      hold(reading.isWhole, "a dump that succeeds came to its end, without loss or change on the way")
      hold(
        messages == reading.messages, "a dump returns each message that answers it, once, and nothing else")
    case (.anyRequest, .messages(let messages)):
      hold(reading.isWhole, "an answer came to its end, without loss or change on the way")
      hold(messages == Array(reading.messages.prefix(1)), "the answer is the first message that answers")
    case (.someOfADump, .messages(let messages)):
      hold(messages.count >= 2 || reading.isWhole, "what stops early has enough")
      hold(
        reading.messages.starts(with: messages), "what stops early has the first messages, and nothing else")
    case (.acknowledged, _):
      hold(reading.isWhole, "what is acknowledged was acknowledged")
    case (_, .successes(let successes)):
      // The one that can't be sent isn't.
      var acknowledged = BatchReading(exchanges.last).successes
      acknowledged.insert(false, at: 1)
      hold(successes == acknowledged, "what is carried out was acknowledged: \(successes), \(acknowledged)")
    case (_, .objects(let count, _)):
      let messages = exchanges.reduce(0) { $0 + PlainReading($1).messages.count }
      hold(count <= messages, "\(count) objects in \(messages) messages")
    default: break
    }
  }
}
