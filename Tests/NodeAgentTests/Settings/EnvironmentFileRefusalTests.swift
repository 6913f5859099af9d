import Testing

@testable import NodeAgent

@Suite struct EnvironmentFileRefusalTests {
  struct Refusal: Sendable, CustomTestStringConvertible {
    let text: String
    let line: Int?
    let name: String?
    /// A part of what the problem says was found.
    let found: String

    init(_ text: String, _ line: Int?, _ name: String?, _ found: String) {
      (self.text, self.line, self.name, self.found) = (text, line, name, found)
    }

    var testDescription: String { text.count > 60 ? String(text.prefix(60)) : text }
  }

  static let refusals: [Refusal] = [
    Refusal("V0=$(hostname)", 1, "V0", "command substitution with '$('"),
    Refusal("V0=a\nV1=\"$(hostname -f)\"", 2, "V1", "command substitution with '$('"),
    Refusal("V0=`hostname`", 1, "V0", "command substitution with backticks"),
    Refusal("V0=\"a `hostname` b\"", 1, "V0", "command substitution with backticks"),
    Refusal("V0=$((1 + 2))", 1, "V0", "arithmetic with '$(('"),
    Refusal("V0=$[1+2]", 1, "V0", "arithmetic with '$['"),
    Refusal("\nV0=${N:-$(x)}", 2, "V0", "command substitution with '$('"),
    Refusal("V0=${E0:-$(x)}", 1, "V0", "command substitution with '$('"),
    Refusal("V0=${#E0}", 1, "V0", "the expansion '${…}'"),
    Refusal("V0=${E0%x}", 1, "V0", "the expansion '${E0…}'"),
    Refusal("V0=${E0:1:2}", 1, "V0", "the expansion '${E0:…}'"),
    Refusal("V0=${E0/a/b}", 1, "V0", "the expansion '${E0…}'"),
    Refusal("V0=${E0^^}", 1, "V0", "the expansion '${E0…}'"),
    Refusal("V0=${!E0}", 1, "V0", "the expansion '${…}'"),
    Refusal("V0=${M[a]}", 1, "V0", "the expansion '${M…}'"),
    Refusal("V0=${}", 1, "V0", "the expansion '${…}'"),
    Refusal("V0=$1", 1, "V0", "the shell's own parameter '$1'"),
    Refusal("V0=$$", 1, "V0", "the shell's own parameter '$$'"),
    Refusal("V0=\"$@\"", 1, "V0", "the shell's own parameter '$@'"),
    Refusal("V0=$_", 1, "V0", "the shell's own parameter '$_'"),
    Refusal("V0=$HOSTNAME", 1, "V0", "$HOSTNAME, which a shell makes up by itself"),
    Refusal("V0=${N:?give N a value}", 1, "V0", "N without a value"),
    Refusal("V0=~/x", 1, "V0", "a tilde"),
    Refusal("V0=a:~", 1, "V0", "a tilde"),
    Refusal("V0=${N:-~}", 1, "V0", "a tilde"),
    Refusal("export V0=a{b,c}", 1, "V0", "a brace expansion"),
    Refusal("declare V0={1..3}", 1, "V0", "a brace expansion"),
    Refusal("V0=(a b)", 1, "V0", "an array without 'declare -A'"),
    Refusal("V0=a\nV1=([\"n1\"]=x)\nV2=b", 2, "V1", "an array without 'declare -A'"),
    Refusal("V0[1]=a", 1, "V0", "an array without 'declare -A'"),
    Refusal("V0+=(a)", 1, "V0", "an array without 'declare -A'"),
    Refusal("declare -a V0=(a)", 1, nil, "the option '-a' of declare"),
    Refusal("declare -i V0=1", 1, nil, "the option '-i' of declare"),
    Refusal("export -n V0", 1, nil, "the option '-n' of export"),
    Refusal("declare -A M=(a b)", 1, "M", "an element without a key"),
    Refusal("declare -A M=x", 1, "M", "one value for the associative array M"),
    Refusal("declare -A M\nM=x", 2, "M", "one value for the associative array M"),
    Refusal("declare -A M=([a]=b)\nV0=$M", 2, "V0", "the associative array M as one value"),
    Refusal("M=x\ndeclare -A M=([a]=b)", 2, "M", "under a name that holds one value"),
    Refusal("declare -A M=([]=b)", 1, "M", "an empty key"),
    Refusal("declare -A M=([a b]=c)", 1, "M", "'[' without a ']'"),
    Refusal("declare -A M=([a[b]=c)", 1, "M", "a bare '[' in a key"),
    Refusal("export V0=a -x", 1, nil, "the argument '-x' of export"),
    Refusal("declare -A M=([a]b)", 1, "M", "a key without '=' right after its ']'"),
    Refusal("declare -A M=(\n[a]=b\nV0=c\n)", 3, "M", "an element without a key"),
    Refusal("declare -A M=([a]=b;)", 1, "M", "';' between elements"),
    Refusal("V0=a\ndeclare -A M=(\n[a]=b\n", 2, "M", "'(' without a ')'"),
    Refusal("V0='abc\nV1=b\n", 1, "V0", "a single quote that isn't closed"),
    Refusal("V0=a\nV1=\"abc\n", 2, "V1", "a double quote that isn't closed"),
    Refusal("V0=$'abc", 1, "V0", "\"$'\" that isn't closed"),
    Refusal("V0=${N:-abc", 1, "V0", "'${N' that isn't closed"),
    Refusal("V0=a\\", 1, "V0", "a backslash at the end of the file"),
    Refusal("V0=$'a\\0b'", 1, "V0", "an escape for a NUL byte"),
    Refusal("V0=$'\\ud800'", 1, "V0", "an escape for no character of Unicode"),
    Refusal("V0=$'\\xff'", 1, "V0", "escapes that don't make UTF-8"),
    Refusal("V0=\"${N:-it's}\"", 1, "V0", "a single quote within \"${N…}\""),
    Refusal("V0=\"${N:-\"a\\b\"}\"", 1, "V0", "a backslash in inner double quotes"),
    Refusal("V0=\"${N:-a\"$E0\"c}\"", 1, "V0", "a '$NAME' right before an inner double quote"),
    Refusal("V0=\"${N:-$\"y z\"}\"", 1, "V0", "a '$' right before a double quote"),
    Refusal("V0=$'\\x{41}'", 1, "V0", "an escape with '\\x{'"),
    Refusal("V0=a b", 1, nil, "the command 'b' after the value of V0"),
    Refusal("V0 = a", 1, nil, "the command 'V0' with '=' as its first argument"),
    Refusal("V0 =a", 1, nil, "the command 'V0' with '=' as its first argument"),
    Refusal("V-0=a", 1, nil, "the command 'V-0=a'"),
    Refusal("0V=a", 1, nil, "the command '0V=a'"),
    Refusal("source other.env", 1, nil, "the command 'source'"),
    Refusal(". ./other.env", 1, nil, "the command '.'"),
    Refusal("if true; then\nV0=a\nfi", 1, nil, "the command 'if'"),
    Refusal("unset V0", 1, nil, "the command 'unset'"),
    Refusal("set -e", 1, nil, "the command 'set -e'"),
    Refusal("V0=a && V1=b", 1, nil, "the shell operator '&'"),
    Refusal("V0=a|b", 1, nil, "the shell operator '|'"),
    Refusal("V0=a<b", 1, nil, "the shell operator '<'"),
    Refusal("V0=x(a)", 1, nil, "the shell operator '('"),
    Refusal("; V0=a", 1, nil, "';' without a statement"),
    Refusal("V0=a;;", 1, nil, "';' without a statement"),
    Refusal("export \"V0=a\"", 1, nil, "the argument '\"V0=a\"' of export"),
    Refusal("V0=a\u{0}b", 1, nil, "a NUL byte"),
    Refusal("V0=a\nV1=b\rc\n", 2, nil, "a carriage return in the middle of a line"),
    Refusal(String(repeating: "#", count: EnvironmentFile.sizeLimit + 1), nil, nil, "1048577 bytes"),
    Refusal("V0=\(String(repeating: "a", count: 140_000))", 1, "V0", "a value of more than 131072 bytes"),
    Refusal(
      "V0=\(String(repeating: "${N:-", count: 40))\(String(repeating: "}", count: 40))", 1, "V0",
      "more than 32 nested '${'"),
  ]

  @Test(arguments: refusals) func refusesByName(_ refusal: Refusal) throws {
    let file = ShellOracle.read(refusal.text)
    let problem = try #require(file.problems.first)
    #expect(problem.found.contains(refusal.found))
    #expect(problem.line == refusal.line)
    #expect(problem.name == refusal.name)
    #expect(!problem.expected.isEmpty)
    if let name = refusal.name { #expect(file.unreadable.contains(name) || file.assignments[name] != nil) }
  }

  @Test func invalidUTF8IsNamedWithItsLine() {
    let file = EnvironmentFile(
      path: "common.env", bytes: Array("V0=a\nV1=".utf8) + [0xC3, 0x28], environment: [:])
    #expect(
      file.problems.map(\.description) == [
        "common.env:2: found bytes that are not UTF-8; expected a text file in UTF-8"
      ])
  }

  @Test func everythingThatIsWrongIsReportedAtOnce() {
    let file = ShellOracle.read(
      "V0=$(a)\nV1=ok\nV2=`b` V3=$((1))\nsource x\nV4=a b\nexport V5=(1 2)\nV6=${N:?why}\nV7='open\n")
    #expect(file.problems.map(\.line) == [1, 3, 3, 4, 5, 6, 7, 8])
    #expect(file.assignments["V1"]?.value == .text("ok"))
  }

  @Test func aValueMadeFromAnUnreadableOneIsNoSecondProblem() {
    let file = ShellOracle.read("V0=$(a)\nV1=$V0/b\nV2=${V0:-c}\nV0=fine\nV3=$V0")
    #expect(file.problems.count == 1)
    #expect(file.unreadable == ["V1", "V2"])
    #expect(file.assignments["V3"]?.value == .text("fine"))
  }

  @Test(arguments: [
    "METADATA_PROXY_SECRET=hunter2 hunter3",
    "METADATA_PROXY_SECRET=$(hunter2)",
    "METADATA_PROXY_SECRET=abc;hunter2",
    "METADATA_PROXY_SECRET = hunter2",
    "METADATA_PROXY_SECRET=abc&hunter2",
    "METADATA_PROXY_SECRET=(hunter2)",
    "METADATA_PROXY_SECRET='hunter2",
    "METADATA_PROXY_SECRET=\"x\nhunter2\" hunter3",
    "METADATA_PROXY_SECRET=${X%hunter2}${N:?hunter2}",
    "METADATA-PROXY-SECRET=hunter2",
    "export \"KEYSTONE_AUTH_ADMIN_PASSWORD=hunter2\"",
    "set K8S_TOKEN=hunter2",
    "my-token=hunter2",
    "METADATA_PROXY_SECRET=hunter2\nV0=${METADATA_PROXY_SECRET:0:3} hunter3",
    "API_TOKEN=hunter2\nLOG_DIR=${N:?$API_TOKEN}",
    "VROUTER_AGENT__METADATA__metadata_proxy_secrt=a hunter2",
    "VROUTER_AGENT__DEFAULT__pwd=a hunter2", "VROUTER_AGENT__DEFAULT=a hunter2", "BARBICAN_PASS=a hunter2",
    "KEYSTONE_AUTH_HOST=http://user:a&hunter2@host", "KEYSTONE_AUTH_HOST=http://user:a hunter2@host",
    "LOG_DIR=${N:?http://user:hunter2@host}",
    "XMPP_SERVER_KEYFILE=-----BEGIN hunter2",
  ])
  func secretsAreNotRepeated(_ text: String) {
    let file = ShellOracle.read(text)
    #expect(!file.problems.isEmpty)
    for problem in file.problems {
      #expect(!problem.description.contains("hunter2"), "\(problem)")
    }
  }

  @Test func whatIsMadeFromASecretIsASecret() {
    let file = ShellOracle.read("API_TOKEN=x\nV0=pre-$API_TOKEN\nV1=$V0\nV2=${API_TOKEN:+set}\nV3=plain")
    #expect(file.assignments["V0"]?.isSecret == true)
    #expect(file.assignments["V1"]?.isSecret == true)
    #expect(file.assignments["V3"]?.isSecret == false)
  }

  @Test func doublingValuesEndsAtTheLimit() {
    let text = "V0=aaaaaaaaaaaaaaaa\n" + String(repeating: "V0=$V0$V0\n", count: 60)
    let file = ShellOracle.read(text)
    #expect(file.problems.count == 1)
    #expect(file.problems.first?.found.contains("bytes") == true)
  }

  @Test func manyLongValuesEndAtTheLimit() {
    let text =
      "V0=\(String(repeating: "a", count: 131_072))\n" + String(repeating: "V1=$V0\n", count: 1000)
    let file = ShellOracle.read(text)
    #expect(file.problems.first?.found == "values of more than 16777216 bytes in all")
  }
}
