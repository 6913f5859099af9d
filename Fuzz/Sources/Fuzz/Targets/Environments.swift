extension Target {
  /// A `common.env`, which somebody wrote by hand.
  static let environments = Target(
    name: "environments", shape: .bytes, seeds: { seeds.map { Array($0.utf8) } }
  ) {
    input in
    let file = EnvironmentFile(path: "common.env", bytes: input, environment: environment)
    hold(
      file == EnvironmentFile(path: "common.env", bytes: input, environment: environment),
      "what is read is a function of the bytes")
    let lines = input.count { $0 == UInt8(ascii: "\n") } + 1
    for problem in file.problems {
      holdOneLine(problem.description)
      hold(problem.line.map { (1...lines).contains($0) } ?? true, "a problem lies within the file")
    }
    for (name, assignment) in file.assignments {
      hold(Ascii.isShellName(name) && name == assignment.name, "\(name) is a name")
      hold((1...lines).contains(assignment.line), "\(name) lies within the file")
      hold(!file.unreadable.contains(name), "\(name) was either read or not")
    }
    // Quoted, everything that was read is read again: no value is taken for more than a value.
    let again = EnvironmentFile(path: "again", bytes: Array(written(file).utf8), environment: [:])
    hold(again.problems.isEmpty, "what was read can be written: \(again.problems)")
    hold(
      again.assignments.mapValues(\.value) == file.assignments.mapValues(\.value),
      "what was written reads the same")
  }

  private static let environment = ["E": "from the environment", "EMPTY": "", "SECRET_TOKEN": "hush"]

  private static func written(_ file: EnvironmentFile) -> String {
    file.assignments.keys.sorted().map { name in
      switch file.assignments[name]?.value {
      case .text(let text): "\(name)=\(quoted(text))\n"
      case .map(let entries):
        "declare -A \(name)=("
          + entries.map { "[\(quoted($0.key))]=\(quoted($0.value))" }.joined(separator: " ") + ")\n"
      case nil: ""
      }
    }.joined()
  }

  /// In `$'…'`, each character that means something there escaped (bash(1), QUOTING).
  private static func quoted(_ text: String) -> String {
    var result = "$'"
    for scalar in text.unicodeScalars {
      switch scalar {
      case "'", "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "'"
  }

  private static let seeds = [
    "# comment\nCONTROLLER_NODES=10.0.0.1,10.0.0.2\nexport LOG_LEVEL=\"SYS_INFO\"\n",
    "A=1\nB=$A\nC=\"${A:-x} ${E} ${NONE-d} ${A:+y}\"\nD='it'\\''s'\nA+=2\n",
    "declare -A KUBERNETES_NODES_MAP=(\n  [node-1]=\"10.0.0.1\"\n  ['node 2']=10.0.0.2\n)\n",
    "set -a\nX=$'a\\tb\\x41\\u00e9\\'\\n'\nY=a\\\nb\nZ=~/x\n",
    "\u{FEFF}A=1\r\nB=\"two\r\nlines\"\r\n",
    "V=$(date)\nW=`date`\nX=$((1+1))\nY={a,b}\nZ=(a b)\nif true; then A=1; fi\n",
    "typeset -gx P=\"${Q:=default}${R:?message}\" S=${SECRET_TOKEN}\n",
    "VROUTER_AGENT__FLOWS__thread_count=8\nVROUTER_MODULE_OPTIONS=\"vr_mpls_labels=196000 vr_nexthops=521000\"\n",
  ]
}
