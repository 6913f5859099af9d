import AgentReader
import Foundation

/// Boost's readers of configurations, in this process.
enum BoostReader {
  /// A key as it arrived.
  struct Entry: Equatable {
    let key: String
    let value: String
    let isRegistered: Bool
  }

  /// What a reader says of a text that it doesn't read.
  struct Complaint: Error, CustomStringConvertible {
    let description: String
  }

  /// As the agent reads its own configuration: Boost.Program_options.
  static func options(_ text: String, registered: [String]) throws(Complaint) -> [Entry] {
    let names = registered.map { strdup($0) }
    defer { for name in names { free(name) } }
    return try collect { context in
      names.map { UnsafePointer($0) }.withUnsafeBufferPointer { known in
        agent_reader_options(text, known.baseAddress, known.count, take, context)
      }
    }
  }

  /// As the agent looks for queues and priority groups: Boost.PropertyTree. An entry whose key ends with a dot is a section.
  static func tree(_ text: String) throws(Complaint) -> [Entry] {
    try collect { agent_reader_tree(text, take, $0) }
  }

  private static let take: agent_reader_entry = { context, key, value, isRegistered in
    guard let context, let key, let value else { return }
    context.assumingMemoryBound(to: [Entry].self).pointee.append(
      Entry(key: String(cString: key), value: String(cString: value), isRegistered: isRegistered != 0))
  }

  private static func collect(
    _ read: (UnsafeMutableRawPointer) -> UnsafeMutablePointer<CChar>?
  ) throws(Complaint) -> [Entry] {
    var entries: [Entry] = []
    let complaint = withUnsafeMutablePointer(to: &entries) { read(UnsafeMutableRawPointer($0)) }
    guard let complaint else { return entries }
    defer { free(complaint) }
    throw Complaint(description: String(cString: complaint))
  }
}
