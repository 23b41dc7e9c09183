import LinuxCalls
import Testing

/// What Sources/LinuxCalls/Interpolation.swift adds must be what the standard library adds.
@Suite struct InterpolationTests {
  @Test func `texts and numbers are interpolated as they are`() {
    let constant: StaticString = "eine Prüfung"
    let text = "ü\u{301} long enough for the heap"
    #expect("\(text)" == text)
    #expect("\("")" == "")
    #expect("<\(constant)>" == "<eine Prüfung>")
    #expect("\(Int.min) \(UInt64.max) \(UInt8(7))" == "-9223372036854775808 18446744073709551615 7")
    #expect("\(Optional<Int>.none ?? 3)\(1.5)\(true)" == "31.5true")
  }
}
