import Foundation

/// Runs a program to its end and returns its exit code; a cancelled task ends it with SIGTERM and waits for it.
func execute(
  _ program: String, _ arguments: [String], output: FileHandle, errors: FileHandle
) async throws -> Int32 {
  let process = Process()
  process.executableURL = URL(filePath: program)
  process.arguments = arguments
  process.standardInput = FileHandle.nullDevice
  process.standardOutput = output
  process.standardError = errors
  try await withTaskCancellationHandler {
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in done.resume() }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        done.resume(throwing: error)
      }
    }
  } onCancel: {
    if process.isRunning { process.terminate() }
  }
  try Task.checkCancellation()
  return process.terminationStatus
}
