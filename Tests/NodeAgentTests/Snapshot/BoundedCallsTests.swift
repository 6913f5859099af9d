import Glibc
import Netlink
import Synchronization
import Testing

@testable import NodeAgent

/// Calls that may never return don't hold up whoever waits for their answers.
@Suite struct BoundedCallsTests {
  @Test func answersComeInTheOrderOfTheCalls() {
    let calls = (0..<50).map { number in { @Sendable () -> Int in number } }
    #expect(BoundedCalls.run(calls, within: .seconds(60)) == Array(0..<50))
    #expect(BoundedCalls.run([@Sendable () -> Int](), within: .seconds(60)).isEmpty)
  }

  /// Each call waits until all of them are under way: one after the other, they would never end.
  @Test func callsAreMadeSideBySide() {
    let count = BoundedCalls.threadLimit
    let bell = Bell()
    let calls = (0..<count).map { number in
      { @Sendable () -> Int in
        bell.ring()
        bell.wait(for: count, within: .seconds(60))
        return number
      }
    }
    #expect(BoundedCalls.run(calls, within: .seconds(60)) == Array(0..<count))
  }

  /// A call that hangs costs the limit and no more, and what the others answered is there.
  @Test func whatHangsIsGivenUp() {
    let release = Bell()
    defer { release.ring() }
    let hangs = { @Sendable () -> Int in
      release.wait(for: 1, within: .seconds(60))
      return -1
    }
    let began = ContinuousClock.now
    let answers = BoundedCalls.run(
      [{ @Sendable in 1 }, hangs, { @Sendable in 3 }], within: .milliseconds(200))
    let took = began.duration(to: .now)
    #expect(answers == [1, nil, 3])
    #expect(took >= .milliseconds(200) && took < .seconds(30), "\(took)")
  }

  /// What came too late changes no answer, and calls that nobody took are not begun any more.
  @Test func afterTheTimeNothingIsBegun() {
    let release = Bell()
    let ended = Bell()
    let begun = Mutex(0)
    let calls = (0..<BoundedCalls.threadLimit + 1).map { _ in
      { @Sendable () -> Bool in
        begun.withLock { $0 += 1 }
        release.wait(for: 1, within: .seconds(60))
        // Only one ring is counted by each wait: passed on.
        release.ring()
        ended.ring()
        return true
      }
    }
    let answers = BoundedCalls.run(calls, within: .milliseconds(100))
    #expect(answers.allSatisfy { $0 == nil })
    release.ring()
    ended.wait(for: BoundedCalls.threadLimit, within: .seconds(60))
    #expect(begun.withLock { $0 } == BoundedCalls.threadLimit)
  }

  @Test func numericNamesResolveWithoutAServer() {
    let answers = SystemResolver().resolve(["192.0.2.7", "2001:db8::7", "192.0.2.7"], within: .seconds(60))
    #expect(
      answers == [
        "192.0.2.7": .addresses([.v4(IPv4Address(rawValue: 0xC000_0207))]),
        "2001:db8::7": .addresses([IPAddress("2001:db8::7")].compactMap(\.self)),
      ])
  }

  /// An answer that says so.
  @Test func aResolverThatIsTooSlowIsNamed() {
    let release = Bell()
    defer { release.ring() }
    let resolver = SystemResolver { _ in
      release.wait(for: 1, within: .seconds(60))
      return .addresses([])
    }
    let answers = resolver.resolve(["slow.invalid"], within: .zero)
    #expect(
      answers == [
        "slow.invalid": .unanswered(
          "the resolver gave no answer within 0.0 seconds, as VROUTER_RESOLVE_TIMEOUT says")
      ])
  }
}
