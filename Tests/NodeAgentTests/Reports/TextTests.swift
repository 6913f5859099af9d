import Readiness
import Testing

@testable import NodeAgent

@Suite struct TextTests {
  @Test func columnsLineUp() {
    var table = TextTable(["", "name", "why"])
    table.add(["*", "eth0", "it is best"])
    table.add(["", "a-longer-name", ""])
    table.add(["", "é", "one character is one column"])
    #expect(
      table.text == """
           name           why
        *  eth0           it is best
           a-longer-name
           é              one character is one column

        """)
  }

  @Test func odditiesDoNotBreakIt() {
    #expect(TextTable([]).text == "")
    var table = TextTable(["a", "b"])
    table.add(["only one"])
    table.add(["1", "2", "one too many"])
    #expect(table.text == "a         b\nonly one\n1         2\n")
  }

  @Test func theWorstFindingComesFirst() {
    let findings = [
      Finding(.configMissing, .warning, "no file", remedy: "prepare"),
      Finding(
        .interfaceDown, "eth0 is down", evidence: ["eth0: down", "lo: loopback"], remedy: "bring it up"),
    ]
    #expect(
      DiagnosisText.text(findings, readiness: .notReady(.file, "there is none")) == """
        error interface.down
          eth0 is down
            eth0: down
            lo: loopback
          to do: bring it up

        warning config.missing
          no file
          to do: prepare

        the probe: not ready: file: there is none

        """)
    #expect(
      DiagnosisText.text([], readiness: .notReady(.module, "it is not loaded"))
        == "no findings\nthe probe: not ready: module: it is not loaded\n")
  }

  @Test func aDecisionInWords() throws {
    let decision = try ImaginaryNode().observation().decided()
    #expect(DetectionText.brief(decision) == "eth0 10.0.0.5/24 10.0.0.1\n")
    #expect(
      DetectionText.full(decision) == """
        physical interface  eth0  because it carries the default route of lowest metric (100)
        node address        10.0.0.5/24  on eth0
        gateway             10.0.0.1  because the IPv4 default route over eth0 (metric 100) has it

           interface  kind  state  addresses            why
           lo         -     up     127.0.0.1/8 ::1/128  it is the loopback
        *  eth0       -     up     10.0.0.5/24          it carries the default route of lowest metric (100)

        """)
  }

  @Test func aPlanInWords() throws {
    var node = ImaginaryNode()
    node.loaded = nil
    let text = PreparationText.text(PreparationOutcome(plan: try node.plan()))
    #expect(
      text.hasSuffix(
        """
        would do:
          1. remove the readiness file, if there is one
          2. load the module /builds/6.1.0-7-test/vrouter.ko
          3. check the node and write the readiness file

        """))
    #expect(!text.contains("ready: "))
  }
}
