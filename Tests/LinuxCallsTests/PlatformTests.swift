import TestSupport
import Testing

@Suite struct PlatformTests {
  /// As for a Mac, whose headers are not here: the compiler says one sentence, and not what each header lacks.
  @Test(.enabled(if: has("clang"), "clang is not on this machine"))
  func `where this is not Linux one sentence is said`() {
    let folder = checkout.appending(path: "Sources/CLinuxCalls").path
    let outcome = run([
      "clang", "-fsyntax-only", "-target", "arm64-apple-macosx15", "-I", "\(folder)/include",
      "\(folder)/CLinuxCalls.c",
    ])
    #expect(outcome.code != 0)
    let errors = outcome.errors.split(separator: "\n").filter { $0.contains("error: ") }
    #expect(errors.count == 1, "\(outcome.errors)")
    #expect(errors.first?.contains("are for Linux only") == true)
  }
}
