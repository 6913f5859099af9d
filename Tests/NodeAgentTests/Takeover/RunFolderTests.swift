import Testing

@testable import NodeAgent

/// Where a journal can be kept.
@Suite struct RunFolderTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Mount points with the types of their file systems, in their order.
    let mounts: [(point: String, type: String)]
    var root = "/"
    var isContainer = false
    /// A part of the objection; nil: there is none.
    let objection: String?
  }

  static let cases = [
    Case(
      testDescription: "a host's tmpfs", mounts: [("/", "ext4"), ("/run", "tmpfs"), ("/run/lock", "tmpfs")],
      objection: nil),
    Case(
      testDescription: "a root in memory", mounts: [("/", "ramfs")], objection: nil),
    Case(testDescription: "a disk", mounts: [("/", "ext4")], objection: "/run is on ext4"),
    Case(
      testDescription: "a disk over the tmpfs", mounts: [("/", "ext4"), ("/run", "tmpfs"), ("/run", "xfs")],
      objection: "/run is on xfs"),
    Case(
      testDescription: "a folder of a similar name", mounts: [("/", "ext4"), ("/runner", "tmpfs")],
      objection: "/run is on ext4"),
    Case(
      testDescription: "a container's own", mounts: [("/", "overlay"), ("/run", "tmpfs")], isContainer: true,
      objection: "--root"),
    Case(
      testDescription: "the host's, seen from a container",
      mounts: [("/", "overlay"), ("/host", "ext4"), ("/host/run", "tmpfs")], root: "/host", isContainer: true,
      objection: nil),
    Case(
      testDescription: "the host's root without what is mounted below it",
      mounts: [("/", "overlay"), ("/run", "tmpfs"), ("/host", "ext4")], root: "/host", isContainer: true,
      objection: "/host/run is on ext4"),
    Case(
      testDescription: "a volume for the folder alone",
      mounts: [("/", "ext4"), ("/run", "tmpfs"), ("/run/vrouter-node-agent", "tmpfs")],
      objection: "/run/vrouter-node-agent is a mount of its own (tmpfs)"),
    Case(
      testDescription: "a path with a blank",
      mounts: [("/", "overlay"), (#"/the\040host"#, "ext4"), (#"/the\040host/run"#, "tmpfs")],
      root: "/the host", isContainer: true, objection: nil),
    Case(testDescription: "nothing can be seen", mounts: [], objection: "can't be seen"),
  ]

  @Test(arguments: cases) func objects(_ item: Case) {
    let text = item.mounts.enumerated().map { number, mount in
      "\(number + 20) 1 0:\(number) / \(mount.point) rw,relatime shared:1 - \(mount.type) none rw\n"
    }.joined()
    let folder = RunFolder(mountinfo: text, root: item.root, isContainer: item.isContainer)
    if let part = item.objection {
      #expect(folder.objection?.contains(part) == true, "\(folder.objection ?? "none")")
    } else {
      #expect(folder.objection == nil)
    }
  }

  /// proc(5): optional fields before the dash may be none or several.
  @Test func linesThatAreNotWhatTheyShouldBeAreLeftOut() {
    let text = """
      20 1 0:1 / / rw - ext4 none rw
      21 1 0:2 / /run rw shared:1 master:2 - tmpfs none rw
      garbage
      22 1 0:3 / /run
      23 1 0:3 / /run rw -
      """
    let folder = RunFolder(mountinfo: text, root: "/", isContainer: false)
    #expect(folder.mounts.map(\.type) == ["ext4", "tmpfs"])
    #expect(folder.objection == nil)
  }
}
