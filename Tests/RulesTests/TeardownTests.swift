import Rules
import Testing

@Suite struct TeardownTests {
  /// One look: how many were there, how many of them are fresh, when, and what comes of it.
  struct Look: Sendable {
    let found: Int
    let fresh: Int
    let at: Duration
    let order: Teardown.Order

    init(_ found: Int, _ fresh: Int, at seconds: Double, _ order: Teardown.Order) {
      self.found = found
      self.fresh = fresh
      at = .milliseconds(Int64(seconds * 1000))
      self.order = order
    }
  }

  struct Story: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var grace = 2
    let looks: [Look]
  }

  static let stories: [Story] = [
    Story(
      testDescription: "nobody is there",
      looks: [.init(0, 0, at: 0, .lookAgain), .init(0, 0, at: 0, .done)]),
    Story(
      testDescription: "they go when they are asked",
      looks: [
        .init(3, 3, at: 0, .send(.ask)), .init(3, 0, at: 0.1, .send(.ask)),
        .init(1, 0, at: 1.9, .send(.ask)), .init(0, 0, at: 1.95, .lookAgain),
        .init(0, 0, at: 1.95, .done),
      ]),
    Story(
      testDescription: "one that came meanwhile takes back the empty look",
      looks: [
        .init(1, 1, at: 0, .send(.ask)), .init(0, 0, at: 0.1, .lookAgain),
        .init(1, 1, at: 0.2, .send(.ask)), .init(0, 0, at: 0.3, .lookAgain),
        .init(0, 0, at: 0.4, .done),
      ]),
    Story(
      testDescription: "they do not go: stopped, and killed once all are stopped",
      looks: [
        .init(2, 2, at: 0, .send(.ask)), .init(2, 0, at: 1.99, .send(.ask)),
        .init(2, 0, at: 2, .send(.stop)), .init(2, 0, at: 2.01, .send(.kill)),
        .init(0, 0, at: 2.02, .lookAgain), .init(0, 0, at: 2.02, .done),
      ]),
    Story(
      testDescription: "one that starts others is stopped until none is fresh",
      looks: [
        .init(2, 2, at: 0, .send(.ask)), .init(2, 0, at: 2, .send(.stop)),
        .init(4, 2, at: 2.01, .send(.stop)), .init(5, 1, at: 2.02, .send(.stop)),
        .init(5, 0, at: 2.03, .send(.kill)), .init(0, 0, at: 2.04, .lookAgain),
        .init(0, 0, at: 2.05, .done),
      ]),
    Story(
      testDescription: "one that starts others faster than they are stopped is killed all the same",
      looks: [
        .init(2, 2, at: 0, .send(.ask)), .init(2, 0, at: 2, .send(.stop)),
        .init(9, 7, at: 2.99, .send(.stop)), .init(20, 11, at: 3, .send(.kill)),
      ]),
    Story(
      testDescription: "without grace nobody is asked", grace: 0,
      looks: [
        .init(2, 2, at: 0, .send(.stop)), .init(2, 0, at: 0.01, .send(.kill)),
        .init(0, 0, at: 0.02, .lookAgain), .init(0, 0, at: 0.03, .done),
      ]),
    Story(
      testDescription: "who does not die is given up three seconds after it was killed",
      looks: [
        .init(1, 1, at: 0, .send(.ask)), .init(1, 0, at: 2, .send(.stop)),
        .init(1, 0, at: 2.01, .send(.kill)), .init(1, 0, at: 5, .send(.kill)),
        .init(1, 0, at: 5.01, .giveUp),
      ]),
    Story(
      testDescription: "who is gone at the last moment is not given up",
      looks: [
        .init(1, 1, at: 0, .send(.ask)), .init(1, 0, at: 2, .send(.stop)),
        .init(1, 0, at: 2.01, .send(.kill)), .init(0, 0, at: 9, .lookAgain),
        .init(0, 0, at: 9, .done),
      ]),
  ]

  @Test(arguments: stories)
  func `each look has its answer`(story: Story) {
    var teardown = Teardown(grace: .seconds(story.grace))
    for (number, look) in story.looks.enumerated() {
      let order = teardown.order(found: look.found, fresh: look.fresh, at: look.at + .seconds(77))
      #expect(order == look.order, "look \(number)")
    }
  }
}
