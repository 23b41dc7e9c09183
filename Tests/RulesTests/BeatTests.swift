import Rules
import Testing

@Suite struct BeatTests {
  @Test func `only a beat has a date`() {
    #expect(Beat.at(.seconds(5)).date == .seconds(5))
    for beat: Beat in [.never, .missing, .foreign(owner: 7), .noFile, .unknown] {
      #expect(beat.date == nil)
    }
  }

  /// A file that could not be looked at is left as it is.
  @Test func `what is not a beat file has to be made`() {
    for beat: Beat in [.missing, .foreign(owner: 7), .noFile] { #expect(beat.needsFile) }
    for beat: Beat in [.at(.zero), .never, .unknown] { #expect(!beat.needsFile) }
  }
}
