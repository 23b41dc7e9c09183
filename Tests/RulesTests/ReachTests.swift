import Rules
import Testing

@Suite struct ReachTests {
  @Test func `what somebody here can mend, or what has beaten, goes to the reboot`() {
    for detector in [Detector.heart, .other] {
      for means in [Means.program, .solution] {
        for hasBeaten in [true, false] {
          let last = Step.last(
            given: nil, detector: detector, means: means, hasBeaten: hasBeaten)
          #expect(last == .reboot)
        }
      }
    }
    #expect(Step.last(given: nil, detector: .heart, means: .none, hasBeaten: true) == .reboot)
  }

  /// A note by a script, and a heart whose program nobody has set up yet: no reason to restart what is well.
  @Test func `the rest is marked`() {
    #expect(Step.last(given: nil, detector: .heart, means: .none, hasBeaten: false) == .mark)
    for hasBeaten in [true, false] {
      #expect(
        Step.last(given: nil, detector: .other, means: .none, hasBeaten: hasBeaten) == .mark)
    }
  }

  @Test(arguments: [Step.mark, .solve, .restart, .reboot])
  func `what the administrator says counts`(given: Step) {
    for means in [Means.program, .solution, .none] {
      #expect(Step.last(given: given, detector: .other, means: means, hasBeaten: true) == given)
    }
  }
}
