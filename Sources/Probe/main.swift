import CProbeStart
import Glibc
import HostFiles
import Readiness

let usage = """
  usage: vrouter-probe [--root DIR]

  Answers whether this node is prepared for the vRouter agent: exit code 0 when the readiness file
  exists, is of this boot, and agrees with the module, the interface, vhost0 with its addresses and
  the configuration file as they are now; else 1, with one line that says which fact failed; 2 for a wrong command line.

    --root DIR  the folder in which the host's / is mounted (default: /); addresses are asked of the
                kernel, in the network namespace in which the probe runs
  """

/// The exit code, and what to print: nothing of the kernel has been asked before this is known.
func answer(_ arguments: [String]) -> (code: CInt, text: String) {
  let root: HostRoot
  do {
    switch arguments.count {
    case 0: root = .running
    case 1 where ["-h", "--help"].contains(arguments[0]): return (0, usage)
    case 1 where arguments[0].hasPrefix("--root="): root = try HostRoot(String(arguments[0].dropFirst(7)))
    case 2 where arguments[0] == "--root": root = try HostRoot(arguments[1])
    default: return (2, usage)
    }
  } catch {
    return (2, "vrouter-probe: \(error)")
  }
  let verdict = ReadinessCheck(root: root).verdict()
  return (verdict.isReady ? 0 : 1, verdict.description)
}

// Not CommandLine's, which are lost where there is no /proc.
let arguments = (0..<probe_argument_count()).map { unsafe String(cString: probe_argument($0)) }
let result = answer(arguments)
// One line at the most of the pipe's capacity: a single write(2), without a buffer to set up.
_ = try? Descriptor(owning: STDOUT_FILENO).writeAll(Array("\(result.text)\n".utf8))
exit(result.code)
