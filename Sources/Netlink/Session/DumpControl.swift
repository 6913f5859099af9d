/// What the reader of a dump says after each message.
public enum DumpControl: Sendable, Hashable {
  /// The next message is wanted.
  case more
  /// What was looked for is found: the rest of the dump need not come. The messages that lie in the same datagram
  /// are still handed over, as they have come already, and the word after the last of them counts: a reader
  /// may find there that it has to go on.
  case enough
}
