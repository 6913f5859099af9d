import Testing

@testable import NodeAgent

@Suite struct EnvironmentFileTests {
  /// Texts with what `V0` (or the map) holds afterwards. Bash is asked too.
  static let cases: [(text: String, expected: [String: String])] = [
    ("V0=a", ["V0": "a"]),
    ("V0=", ["V0": ""]),
    ("  V0=a  ", ["V0": "a"]),
    ("V0=a # comment", ["V0": "a"]),
    ("# V0=b\nV0=a#b\n#V0=c", ["V0": "a#b"]),
    ("V0='a # b'#c", ["V0": "a # b#c"]),
    ("V0=a;# comment\n", ["V0": "a"]),
    ("V0=a;V1=b; V2=c\n", ["V0": "a", "V1": "b", "V2": "c"]),
    ("V0=a V1=$V0", ["V0": "a", "V1": "a"]),
    ("export V0=a", ["V0": "a"]),
    ("export V0=a V1='b c' V2", ["V0": "a", "V1": "b c"]),
    ("V0=old\nexport V0=new V1=$V0", ["V0": "new", "V1": "old"]),
    ("V0=a\nexport V0\n", ["V0": "a"]),
    ("export -- V0=a", ["V0": "a"]),
    ("declare V0=a\ntypeset -x V1=b\ndeclare -gx V2=c", ["V0": "a", "V1": "b", "V2": "c"]),
    ("set -a\nV0=a\nset +a\nset -o allexport", ["V0": "a"]),
    ("V0=a\nV0=b", ["V0": "b"]),
    ("V0=a\nV0+=b\nV0+=\"c d\"", ["V0": "abc d"]),
    ("E0+=x\nV0=$E0", ["V0": "from envx"]),
    ("V0=a=b==", ["V0": "a=b=="]),
    ("V0='it is' V1=\"it's\" V2='say \"x\"'", ["V0": "it is", "V1": "it's", "V2": "say \"x\""]),
    ("V0=\"a\\\"b\\\\c\\$d\\`e\\f\\'\"", ["V0": "a\"b\\c$d`e\\f\\'"]),
    ("V0=a\\ b\\'c\\\\\\$", ["V0": "a b'c\\$"]),
    ("V0=$'a\\nb\\tc\\x41\\101\\u00e9\\\\\\'\\\"\\?\\e\\q'", ["V0": "a\nb\tcAAé\\'\"?\u{1B}\\q"]),
    ("V0=$'a\\\nb'", ["V0": "a\\\nb"]),
    ("V0=$'\\cA\\x4g\\x'", ["V0": "\u{1}\u{4}g\\x"]),
    ("V0=$\"text\"", ["V0": "text"]),
    ("V0=a'b'\"c\"$'d'e", ["V0": "abcde"]),
    ("V0='a\nb'\nV1=\"c\nd\"", ["V0": "a\nb", "V1": "c\nd"]),
    ("V0=a\\\nb\nV1=\"c\\\nd\"\nV2='e\\\nf'", ["V0": "ab", "V1": "cd", "V2": "e\\\nf"]),
    ("V0=\\\na\nV\\\n1\\\n=b", ["V0": "a", "V1": "b"]),
    ("V0=a \\\n# comment\nV1=b", ["V0": "a", "V1": "b"]),
    ("# comment \\\nV0=a", ["V0": "a"]),
    ("V0=a$ V1=\"$\" V2=\"a$ b\" V3=$%", ["V0": "a$", "V1": "$", "V2": "a$ b", "V3": "$%"]),
    (
      "V0=a\nV1=$V0\nV2=${V0}b\nV3=\"$V0 c\"\nV4='$V0'",
      ["V0": "a", "V1": "a", "V2": "ab", "V3": "a c", "V4": "$V0"]
    ),
    ("V0=$E0 V1=$E1 V2=$NONE V3=x${NONE}y", ["V0": "from env", "V1": "", "V2": "", "V3": "xy"]),
    ("V0=$\\\nE0 V1=${E\\\n0}", ["V0": "from env", "V1": "from env"]),
    ("V0=${E0:-b} V1=${E1:-b} V2=${E1-b} V3=${NONE-b}", ["V0": "from env", "V1": "b", "V2": "", "V3": "b"]),
    ("V9=${V9:-default}", ["V9": "env nine"]),
    ("V9=mine\nV0=$V9", ["V0": "mine"]),
    ("V0=${N1:-${N2:-${N3:-deep}}}", ["V0": "deep"]),
    (
      "V0=${N1:-a b  c} V1=${N1:-'a}b'} V2=${N1:-\"a}b\"} V3=${N1:-a\\}b}",
      ["V0": "a b  c", "V1": "a}b", "V2": "a}b", "V3": "a}b"]
    ),
    (
      "V0=${N1:-$E0} V1=\"${N1:-$E0}\" V2=\"${N1:-\"x y\"}\" V3=\"${N1:-\\\"x\\\"}\"",
      ["V0": "from env", "V1": "from env", "V2": "x y", "V3": "\"x\""]
    ),
    ("V0=\"${N1:-a\\}b\\x}\"", ["V0": "a}b\\x"]),
    ("V0=\"${N1:-a\"}\"b}\"", ["V0": "a}b"]),
    ("V0=\"${N1:-\"$E0\"}\" V1=\"${N1:-a\"${E0}\"c}\"", ["V0": "from env", "V1": "afrom envc"]),
    ("V0=${N1:=made}$N1\nV1=$N1", ["V0": "mademade", "V1": "made"]),
    (
      "V0=${E0:+yes} V1=${E1:+yes} V2=${E1+yes} V3=${NONE+yes}",
      ["V0": "yes", "V1": "", "V2": "yes", "V3": ""]
    ),
    ("V0=${E0:?must be set} V1=${E1?must be set}", ["V0": "from env", "V1": ""]),
    ("V0={a,b} V1=a{1..3} V2=* V3=[a]?", ["V0": "{a,b}", "V1": "a{1..3}", "V2": "*", "V3": "[a]?"]),
    ("V0=a:b~c V1='~' V2=\\~ V3=\"\"~", ["V0": "a:b~c", "V1": "~", "V2": "~", "V3": "~"]),
    ("V0=!a V1=a%b^c@d,e", ["V0": "!a", "V1": "a%b^c@d,e"]),
    ("declare -A M=([\"n1\"]=\"10.0.0.1\" [n2]=10.0.0.2)", ["M[n1]": "10.0.0.1", "M[n2]": "10.0.0.2"]),
    (
      "declare -A M=(\n  [\"n1\"]=\"10.0.0.1\"  # first\n\n  # none\n  ['n 2']=$E0\\\n [n3]=\n)\nV0=b",
      ["M[n1]": "10.0.0.1", "M[n 2]": "from env", "M[n3]": "", "V0": "b"]
    ),
    ("declare -gA M=([a]=1)", ["M[a]": "1"]),
    (
      "declare -Ax M\nM=([a]=1)\nM+=([b]=2 [a]=3)\nM[c]=4\nM[\"d e\"]='5 6'",
      ["M[a]": "3", "M[b]": "2", "M[c]": "4", "M[d e]": "5 6"]
    ),
    ("declare -A M=([a]=1)\nM=([b]=2)", ["M[b]": "2"]),
    ("declare -A M=( [$E0]=x [${N:-k}]=y )", ["M[from env]": "x", "M[k]": "y"]),
    ("declare -A M=()\n", [:]),
    ("typeset -A M=([a]=1); V0=2", ["M[a]": "1", "V0": "2"]),
    ("", [:]),
    ("\n\n  \n\t\n", [:]),
    ("V0=a", ["V0": "a"]),
  ]

  @Test func readsWhatBashReads() throws {
    let truths = try ShellOracle.run(Self.cases.map(\.text))
    for (testCase, truth) in zip(Self.cases, truths) {
      let file = ShellOracle.read(testCase.text)
      #expect(file.problems.isEmpty, "\(testCase.text)")
      var expected = testCase.expected
      expected["V9"] = expected["V9"] ?? ShellOracle.environment["V9"]
      for (name, value) in expected where testCase.expected[name] != nil {
        #expect(ShellOracle.view(file)[name] == value, "\(testCase.text)")
      }
      #expect(ShellOracle.view(file) == truth, "bash differs on: \(testCase.text)")
    }
  }

  @Test func carriageReturnsOfLineEndsAreDropped() {
    let file = ShellOracle.read("V0=a\r\nV1=\"b\r\nc\"\r\ndeclare -A M=(\r\n[k]=v\r\n)\r\nV2=d\\\r\ne\r")
    #expect(file.problems.isEmpty)
    #expect(ShellOracle.view(file) == ["V0": "a", "V1": "b\nc", "V2": "de", "M[k]": "v", "V9": "env nine"])
  }

  @Test func aByteOrderMarkIsDropped() {
    let file = ShellOracle.read("\u{FEFF}V0=a\nV1=\u{FEFF}b")
    #expect(file.assignments["V0"]?.value == .text("a"))
    #expect(file.assignments["V1"]?.value == .text("\u{FEFF}b"))
  }

  @Test func assignmentsKnowTheirLine() {
    let file = ShellOracle.read("# c\nV0=a\n\nV1='x\ny'\nV2=b\nexport V3=\\\nc V0=d")
    #expect(file.assignments["V1"]?.line == 4)
    #expect(file.assignments["V2"]?.line == 6)
    #expect(file.assignments["V3"]?.line == 7)
    #expect(file.assignments["V0"]?.line == 8)
  }
}
