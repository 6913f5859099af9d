import Foundation
import Testing

/// A host as a script makes it, in a network and mount namespace of its own, and what the program says there.
///
/// The script stops at its first failing command. What the prelude offers it:
///
///     take eth0            brings a card of the guest into this namespace
///     card eth0 10.0.0.5/24 10.0.0.1 100   makes a card with an address, a gateway and the metric of that route
///     fresh                an empty /run and /var/lib, and an /etc of its own
///     ask NAME ARGUMENT…   runs the program; `HostAnswers` has what it said under that name
///     judge                asks for the decision in every form, live and from a capture
///     outlast NAME ARGUMENT…   as `ask`; calls the script's `meanwhile` once the program says that it waits
///     partner, there       a second host, and a command that runs on it
struct HostCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  var environment: [String: String] = [:]
  let script: String

  init(_ name: String, _ environment: [String: String] = [:], script: String) {
    (testDescription, self.environment, self.script) = (name, environment, script)
  }

  /// The whole script; `number` tells its results from those of others.
  ///
  /// - Parameter replays: the forms of the answer that are also asked of a capture.
  func source(_ number: Int, agent: String, output: String, replays: [String]) -> String {
    let variables = environment.sorted { $0.key < $1.key }
      .map { "export \($0.key)=\(Self.quoted($0.value))\n" }.joined()
    return """
      set -eu
      AGENT=\(Self.quoted(agent)) OUT=\(Self.quoted(output)) CASE=\(number) REPLAYS=\(Self.quoted(replays.joined(separator: " ")))
      \(Self.prelude)
      # There is no module in these networks for a vhost0 to be made by: TakeoverTests have one.
      export VROUTER_TAKEOVER=false
      \(variables)
      \(script)
      : >"$OUT/$CASE.end"

      """
  }

  /// Text as one word of a shell.
  static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }

  private static let prelude = """
    # Each network has a /sys of its own.
    [ "$(readlink /proc/self/ns/net)" = "$(readlink /proc/1/ns/net)" ] || mount -t sysfs sysfs /sys
    ip link set lo up
    # In the guest it has that name already.
    echo node1 >/proc/sys/kernel/hostname
    # Link-local addresses are there at once: what is seen of a host doesn't change while it is looked at.
    for scope in all default; do echo 0 >"/proc/sys/net/ipv6/conf/$scope/accept_dad"; done
    # What an earlier preparation remembered isn't this host's.
    mount -t tmpfs -o mode=0755 tmpfs /var/lib

    take() {
      for nic; do
        # A card that another namespace held comes back some time after that one's end.
        until nsenter -t 1 -n ip link set "$nic" netns $$ 2>/dev/null; do :; done
      done
    }

    # operational NAME STATE: waits until the kernel has brought a link there, some time after its carrier changed
    operational() {
      until read -r state <"/sys/class/net/$1/operstate" && [ "$state" = "$2" ]; do sleep 0.02; done
    }

    # A veth pair plays the wire: its ends can lose the carrier, as a cable can.
    wire() {
      ip link add "$1" type veth peer name "$2"
      ip link set "$1" up
      ip link set "$2" up
      operational "$1" up
      operational "$2" up
    }

    card() {
      wire "$1-near" "$1-far"
      ip link add link "$1-near" name "$1" type macvlan mode bridge
      ip link set "$1" up
      operational "$1" up
      if [ $# -ge 2 ]; then ip address add "$2" dev "$1"; fi
      if [ $# -ge 3 ]; then ip route append default via "$3" dev "$1" ${4:+metric "$4"}; fi
    }

    # partner: another host, as long as this script lives; there COMMAND…: runs a command on it
    partner() {
      unshare -n sleep 900 &
      PARTNER=$!
      trap 'kill $PARTNER' EXIT
      until [ "$(readlink "/proc/$PARTNER/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do :; done
    }
    # By way of dash: busybox prefers its own applets to the real programs.
    there() { nsenter -t "$PARTNER" -n dash -c '"$@"' dash "$@"; }

    # hosts ADDRESS NAME: what the resolver knows, and all that it knows
    hosts() {
      printf '%s\t%s\n' "$1" "$2" >"$OUT/$CASE.hosts"
      printf 'hosts: files\n' >"$OUT/$CASE.nsswitch"
      mount --bind "$OUT/$CASE.hosts" /etc/hosts
      [ ! -e /etc/nsswitch.conf ] || mount --bind "$OUT/$CASE.nsswitch" /etc/nsswitch.conf
    }

    # names SERVER: who is asked for names, and nobody else is
    names() {
      printf 'nameserver %s\noptions timeout:30\n' "$1" >"$OUT/$CASE.resolv"
      printf 'hosts: dns\n' >"$OUT/$CASE.nsswitch"
      mount --bind "$OUT/$CASE.resolv" /etc/resolv.conf
      [ ! -e /etc/nsswitch.conf ] || mount --bind "$OUT/$CASE.nsswitch" /etc/nsswitch.conf
    }

    fresh() {
      mount -t tmpfs -o mode=0755 tmpfs /run
      mkdir -p /tmp/etc /var/lib
      mount -t tmpfs -o mode=0755 tmpfs /var/lib
      mount -t tmpfs -o mode=0755 tmpfs /tmp/etc
      cp -a /etc/. /tmp/etc
      mount --bind /tmp/etc /etc
      [ ! -e /sys/module/vrouter ] || rmmod vrouter
      [ ! -d /sys/kernel/security ] || mount -t securityfs securityfs /sys/kernel/security 2>/dev/null || :
    }

    ask() {
      answer=$1
      shift
      code=0
      "$AGENT" "$@" >"$OUT/$CASE.$answer.out" 2>"$OUT/$CASE.$answer.err" || code=$?
      echo "$code" >"$OUT/$CASE.$answer.code"
    }

    # The capture is judged on another host, without settings: all that counts has to be in it.
    ELSEWHERE='
      echo elsewhere >/proc/sys/kernel/hostname
      for folder in /sys /var/lib; do mount -t tmpfs tmpfs "$folder"; done
      mount --bind /dev/null /etc/hosts
      exec "$0" detect "$@"'
    judge() {
      # Also without a search for duplicates an address is tentative for a moment.
      until [ -z "$(ip -6 address show tentative)" ]; do sleep 0.02; done
      ask json detect --output json "$@"
      ask text detect "$@"
      ask brief detect --brief "$@"
      ask capture capture "$OUT/$CASE.captured"
      for form in $REPLAYS; do replay "$form"; done
    }

    # replay FORM: what the capture says
    replay() {
      answer=captured-$1
      case $1 in
        json) set -- --output json ;;
        text) set -- ;;
        brief) set -- --brief ;;
      esac
      code=0
      env -i "PATH=$PATH" unshare -n -m -u dash -c "$ELSEWHERE" "$AGENT" --from "$OUT/$CASE.captured" "$@" \
        >"$OUT/$CASE.$answer.out" 2>"$OUT/$CASE.$answer.err" || code=$?
      echo "$code" >"$OUT/$CASE.$answer.code"
    }

    outlast() {
      answer=$1
      shift
      code=0
      mkfifo "$OUT/$CASE.fifo"
      "$AGENT" "$@" >"$OUT/$CASE.$answer.out" 2>"$OUT/$CASE.fifo" &
      waiting=$!
      while read -r line; do
        echo "$line"
        case $line in *waiting*) meanwhile >&2; cat ;; esac
      done <"$OUT/$CASE.fifo" >"$OUT/$CASE.$answer.err"
      rm "$OUT/$CASE.fifo"
      wait "$waiting" || code=$?
      echo "$code" >"$OUT/$CASE.$answer.code"
    }

    probe() {
      answer=$1
      shift
      code=0
      vrouter-probe "$@" >"$OUT/$CASE.$answer.out" 2>"$OUT/$CASE.$answer.err" || code=$?
      echo "$code" >"$OUT/$CASE.$answer.code"
    }
    """
}

/// What the program said in one case.
struct HostAnswers: Sendable {
  let name: String
  /// By file name, without the case's number.
  let files: [String: [UInt8]]
  /// What the script itself said.
  let log: String

  /// One answer. A script that failed before it came to asking is an issue of its own.
  func answer(_ name: String) throws -> HostAnswer {
    guard
      let code = text("\(name).code").flatMap({ Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) })
    else {
      throw HostCaseError(description: "the case \"\(self.name)\" did not come to \(name):\n\(log)")
    }
    return HostAnswer(code: code, output: text("\(name).out") ?? "", errors: text("\(name).err") ?? "")
  }

  /// The number in a file `$OUT/$CASE.name`.
  func number(_ name: String) throws -> Int {
    guard let number = text(name).flatMap({ Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }) else {
      throw HostCaseError(description: "the case \"\(self.name)\" left no number \(name):\n\(log)")
    }
    return number
  }

  /// What the script left in a file `$OUT/$CASE.name`.
  func text(_ name: String) -> String? {
    files[name].map { String(decoding: $0, as: UTF8.self) }
  }
}

/// What the program said once.
struct HostAnswer: Sendable, Equatable, CustomStringConvertible {
  let code: Int32
  let output: String
  let errors: String

  var description: String { "exit code \(code)\n\(output)\(errors)" }

  /// What it says on standard error, without its log.
  var message: String {
    errors.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { $0.isEmpty || $0.hasPrefix("vrouter-node-agent: ") }.joined(separator: "\n")
  }

  /// Its JSON document.
  func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      return try decoder.decode(type, from: Data(output.utf8))
    } catch {
      throw HostCaseError(description: "no such document: \(error)\n\(self)")
    }
  }
}

struct HostCaseError: Error, CustomStringConvertible {
  let description: String
}
