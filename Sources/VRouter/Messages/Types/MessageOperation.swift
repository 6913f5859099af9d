/// What a message asks for (`sandesh_op` in sandesh/vr.sandesh of tf-vrouter). Most messages hold it in their field 1.
public enum MessageOperation: Int32, Sendable {
  /// Add, or change what is there.
  case add = 0
  /// Tell about one.
  case get = 1
  /// Remove one.
  case delete = 2
  /// Tell about all.
  case dump = 3
  /// An answer.
  case response = 4
  /// Begin anew. Never sent by this library.
  case reset = 5
}
