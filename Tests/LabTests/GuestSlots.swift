import Foundation

/// Lets as many guests run at a time as the machine bears: a guest keeps one core busy while it boots.
actor GuestSlots {
  static let shared = GuestSlots(slots: min(2, ProcessInfo.processInfo.activeProcessorCount, gibibytes / 2))

  private var free: Int
  private var waiting: [(id: Int, continuation: CheckedContinuation<Void, any Error>)] = []
  private var nextID = 0

  init(slots: Int) {
    free = max(1, slots)
  }

  private static var gibibytes: Int { Int(ProcessInfo.processInfo.physicalMemory >> 30) }

  /// Waits for a slot, in the order of asking. Throws when the task is cancelled meanwhile.
  func take() async throws {
    try Task.checkCancellation()
    if free > 0 {
      free -= 1
      return
    }
    let id = nextID
    nextID += 1
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { waiting.append((id, $0)) }
    } onCancel: {
      Task { await self.giveUp(id) }
    }
  }

  func giveBack() {
    if waiting.isEmpty {
      free += 1
    } else {
      waiting.removeFirst().continuation.resume()
    }
  }

  private func giveUp(_ id: Int) {
    guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
    waiting.remove(at: index).continuation.resume(throwing: CancellationError())
  }
}
