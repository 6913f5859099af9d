import FoundationEssentials
import Netlink

extension Target {
  /// The files of a capture that others made: the netlink datagrams and the manifest. The agent's own sources are
  /// compiled in, as an executable can't be a library.
  ///
  /// An input is a byte that says which, and the file.
  static let captures = Target(
    name: "captures", shape: .bytes,
    seeds: {
      let exchanges = Golden.all.map { RecordedExchange(request: $0.request, datagrams: $0.answers) }
      let small = exchanges.filter { $0.datagrams.reduce(0) { $0 + $1.count } < 400 }
      let traces = small.indices.map { [0] + NetlinkTrace.encode(Array(small[$0...].prefix(2)), at: 1) }
      let circumstances = CaptureManifest.Circumstances(agentVersion: "1", kernelRelease: "6.1", takenAt: 1)
      let manifest = CaptureManifest(circumstances, files: ["netlink.pcap": [1], "host/var/x.json": []])
      return traces + [[1] + text(manifest)]
    }
  ) { input in
    let file = Array(input.dropFirst())
    do throws(CaptureFlaw) {
      if (input.first ?? 0) & 1 == 0 {
        let exchanges = try NetlinkTrace.decode(file)
        let size = exchanges.reduce(0) { $0 + $1.request.count + $1.datagrams.reduce(0) { $0 + $1.count } }
        hold(size <= file.count, "no more is read than was written")
        hold(
          try NetlinkTrace.decode(NetlinkTrace.encode(exchanges, at: 2)) == exchanges,
          "what was read can be written")
        _ = ReplayTransport(exchanges)
      } else {
        let manifest = try CaptureManifest(parsing: file)
        hold(try CaptureManifest(parsing: text(manifest)) == manifest, "what was read can be written")
      }
    } catch {
      holdOneLine(error.description)
    }
  }

  private static func text(_ manifest: CaptureManifest) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    guard let data = try? encoder.encode(manifest) else {
      broken("a manifest can be written")
    }
    return Array(data)
  }
}
