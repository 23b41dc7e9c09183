import LinuxCalls

/// A stretch of time, CLOCK_REALTIME.
struct Span: Equatable {
  let begin: Duration
  let end: Duration

  /// From `begin` to `end`; nothing, at `end`, when they are in the wrong order.
  init(_ begin: Duration, _ end: Duration) {
    self.begin = min(begin, end)
    self.end = end
  }

  var length: Duration { end - begin }

  /// What of it lies in another one; nil when that is nothing.
  func part(in other: Span) -> Span? {
    let begin = max(self.begin, other.begin)
    let end = min(self.end, other.end)
    return begin < end ? Span(begin, end) : nil
  }
}

extension [Span] {
  /// The same time, each instant once, in the order of time.
  var united: [Span] {
    var all: [Span] = []
    for span in sorted(by: { $0.begin < $1.begin }) {
      if let last = all.last, span.begin <= last.end {
        all[all.count - 1] = Span(last.begin, Swift.max(last.end, span.end))
      } else {
        all.append(span)
      }
    }
    return all
  }

  /// What of them lies in another one.
  func parts(in other: Span) -> [Span] { compactMap { $0.part(in: other) } }

  /// What lies in both. Either has each instant once, in the order of time.
  func common(with others: [Span]) -> [Span] {
    var all: [Span] = []
    var first = 0
    for span in self {
      while first < others.count, others[first].end <= span.begin { first += 1 }
      var next = first
      while next < others.count, others[next].begin < span.end {
        if let part = span.part(in: others[next]) { all.append(part) }
        next += 1
      }
    }
    return all
  }

  /// How long they are together.
  var length: Duration { reduce(Duration.zero) { $0 + $1.length } }
}
