import Testing

/// The kernel refuses a build that the checks left to it, and takes the next.
@Suite(.withGuests)
struct ModuleNextBuildTests {
  @Test func theNextBuildIsLoadedAndStays() async throws {
    let result = try await ModuleScript.run(
      """
      # Neither checksums nor the version magic nor the symbols of the kernel can be seen.
      mount -t tmpfs none /lib/modules/$release/kernel
      mount --bind /dev/null /proc/kallsyms
      all=${builds%/*}
      number=$(echo $release | sed 's/.*-\\([0-9]*\\)-cloud.*/\\1/')
      near() { echo "${release%-$number-cloud*}-$1-cloud-amd64"; }
      export VROUTER_MODULE_REPLACE=if-unused
      place vrouter-other-layout
      place vrouter-unknown-symbol $all/$(near $((number - 1)))
      place vrouter-other-release $all/$(near $((number - 2)))
      record first vrouter-node-agent prepare --output json
      cp $run/refused-builds.json /out
      # It is not the build that would be preferred, and yet neither stale nor to be replaced.
      agent again prepare
      record diagnose vrouter-node-agent diagnose --output json
      agent status module status
      # The right build comes: it is another file, and replaces what was taken in its place.
      place vrouter
      agent mended prepare
      bare
      # All are refused: the message has each.
      place vrouter-other-layout
      place vrouter-other-flags $all/$(near $((number - 2)))
      agent none prepare
      """)
    let first = try result.agentRun("first")
    #expect(first.exitCode == 0, "\(first.errors)")
    #expect(first.left.probe == 0)
    #expect(first.initCalls == 1)
    let module = try #require(try first.json(PreparationDocument.self).module)
    #expect(module.attempts == 3)
    #expect(module.failures.map { $0.contains("[symbol-versions]") } == [true, false])
    #expect(module.failures.map { $0.contains("[unknown-symbol]") } == [false, true])
    #expect(first.errors.contains("is tried instead"), "\(first.errors)")
    #expect(result.text("refused-builds.json")?.contains("module_layout") == true)

    let again = try result.agentRun("again")
    #expect(again.exitCode == 0, "\(again.errors)")
    #expect(again.initCalls == 0)
    #expect(!again.errors.contains("srcversion"), "\(again.errors)")
    let diagnosis = try result.agentRun("diagnose")
    #expect(diagnosis.exitCode == 0, "\(diagnosis.output)")
    let status = try result.agentRun("status").output
    #expect(status.contains("[symbol-checksums]: the kernel refused it"), "\(status)")
    #expect(status.contains("[symbols]: the kernel refused it"), "\(status)")

    let mended = try result.agentRun("mended")
    #expect(mended.exitCode == 0, "\(mended.errors)")
    #expect(mended.left.probe == 0)

    let none = try result.agentRun("none")
    #expect(none.exitCode == 12)
    #expect(none.attempts == 3, "\(none.errors)")
    #expect(none.initCalls == 0)
    for words in ["[version-magic]", "before it:", "[symbol-checksums]", "[symbols]"] {
      #expect(none.errors.contains(words), "\(none.errors)")
    }
  }
}
