import Rules
import Testing

@Suite struct BeatTests {
  @Test func onlyABeatHasADate() {
    #expect(Beat.at(.seconds(5)).date == .seconds(5))
    for beat: Beat in [.never, .missing, .foreign(owner: 7), .noFile, .unknown] {
      #expect(beat.date == nil)
    }
  }

  /// A file that could not be looked at is left as it is.
  @Test func whatIsNoBeatFileHasToBeMade() {
    for beat: Beat in [.missing, .foreign(owner: 7), .noFile] { #expect(beat.needsFile) }
    for beat: Beat in [.at(.zero), .never, .unknown] { #expect(!beat.needsFile) }
  }
}
