import Foundation

/// The guest's half of ``ModuleCrashTests``: a preparation that is killed, what it leaves, and what the next one
/// makes of it.
enum ModuleCrashScript {
  static let functions = #"""
    probes=/var/probes
    mkdir $probes
    place vrouter

    # prepare LEVEL ARGUMENT...: the settings differ in one value of the configuration
    prepare() {
      level=$1
      shift
      env VROUTER_PROBE_DIR=$probes LOG_LEVEL=$level vrouter-node-agent prepare "$@"
    }

    # moments LEVEL: before and after each step of the plan, as the agent itself tells them
    moments() {
      prepare $1 --dry-run --output json | sed -n '/"steps"/,/]/s/.*"name" : "\(.*\)".*/before:\1 after:\1/p'
    }

    # state: all that a preparation makes, without what differs from run to run
    state() {
      echo "module $(cat /sys/module/vrouter/initstate) $(cat /sys/module/vrouter/srcversion)"
      grep -H . /sys/module/vrouter/parameters/*
      for file in $(find $run /etc/contrail $probes ! -name '*.previous' | sort); do echo "$(stat -c '%a %u %g' $file) $file"; done
      cat $configuration
      cmp $probes/vrouter-probe /usr/local/bin/vrouter-probe && echo 'probe copied'
      sed 's/"\(written_at\|configuration_inode\|configuration_mtime_ns\|configuration_ctime_ns\)": *"*[0-9]*"*//g' \
        $run/ready
      sed 's/"\(since\|updated\|observed\)" : [0-9]*//' $run/status.json | grep -v "vRouter agent's start"
    }

    # is FILE NAME=REFERENCE...: which content a file has
    is() {
      [ -e $1 ] || { echo absent; return; }
      file=$1
      shift
      for reference; do
        ! cmp -s $file ${reference#*=} || { echo ${reference%%=*}; return; }
      done
      echo torn
    }

    unfinished() { find $run /etc/contrail $probes -name '.*' 2>/dev/null | grep -c . ; }

    # reference LEVEL: what an uninterrupted run on a bare node makes
    reference() {
      bare
      rm -rf $probes/* $probes/.[!.]*
      prepare $1 >/dev/null 2>&1 || echo "the reference $1 fails" >&2
      state >/tmp/state.$1
      cp $configuration /tmp/configuration.$1
    }

    # observe WORD CODE: one row's first half
    observe() {
      probe=0
      vrouter-probe >/dev/null || probe=$?
      row="$1 $2 $probe $(cat /sys/module/vrouter/initstate 2>/dev/null || echo absent)"
      row="$row $(is $configuration notice=/tmp/configuration.SYS_NOTICE debug=/tmp/configuration.SYS_DEBUG)"
      row="$row $(is $probes/vrouter-probe whole=/usr/local/bin/vrouter-probe) $(unfinished)"
    }

    # again LEVEL: the next run, and the row's second half
    again() {
      code=0
      prepare $1 >/dev/null 2>/tmp/errors || code=$?
      probe=0
      vrouter-probe >/dev/null || probe=$?
      state >/tmp/state
      same=same
      cmp -s /tmp/state /tmp/state.$1 || { same=different; diff /tmp/state.$1 /tmp/state >>/out/differences; }
      echo "$row $code $probe $same"
    }

    # killed MOMENT LEVEL
    killed() {
      code=0
      VROUTER_TEST_KILL_AT=$1 prepare $2 >/dev/null 2>&1 || code=$?
      observe $1 $code
      again $2
    }

    """#
}

/// A preparation that was killed: what the guest saw of it and of the next one.
struct CrashRow: Sendable {
  /// The moment's name.
  let moment: String
  /// Exit code of the run that was killed, and the probe's after it.
  let killed, probe: Int
  /// What it left: the module's state, whose configuration, the copy of the probe, files of unfinished writes.
  let module, configuration, copy: String
  let unfinished: Int
  /// Exit code of the next run, and the probe's after it.
  let next, nextProbe: Int
  /// Whether the node is then as an uninterrupted run leaves it.
  let isSame: Bool

  init?(_ line: Substring) {
    let words = line.split(separator: " ").map(String.init)
    guard words.count == 10, let killed = Int(words[1]), let probe = Int(words[2]),
      let unfinished = Int(words[6]),
      let next = Int(words[7]), let nextProbe = Int(words[8])
    else { return nil }
    moment = words[0]
    (self.killed, self.probe, self.unfinished, self.next, self.nextProbe) = (
      killed, probe, unfinished, next, nextProbe
    )
    (module, configuration, copy) = (words[3], words[4], words[5])
    isSame = words[9] == "same"
  }

  static func rows(_ text: String?) -> [CrashRow] {
    text?.split(separator: "\n").compactMap(CrashRow.init) ?? []
  }

  /// For the test's log.
  static func table(_ title: String, _ rows: [CrashRow]) -> String {
    func line(_ cells: [String]) -> String {
      cells.enumerated().map { $1.padding(toLength: $0 == 0 ? 28 : 14, withPad: " ", startingAt: 0) }.joined()
    }
    let header = [
      "killed at", "exit code", "probe", "module", "configuration", "copied probe", "unfinished", "next run",
      "probe",
      "final state",
    ]
    return
      ([title, line(header)]
      + rows.map {
        line([
          $0.moment, "\($0.killed)", $0.probe == 0 ? "ready" : "not ready", $0.module, $0.configuration,
          $0.copy,
          "\($0.unfinished)", "\($0.next)", $0.nextProbe == 0 ? "ready" : "not ready",
          $0.isSame ? "same" : "different",
        ])
      }).joined(separator: "\n")
  }
}
