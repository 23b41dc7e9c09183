import LinuxCalls
import Watchdog

/// What nobody is to do by mistake: words have to be typed in full.
enum Typed {
  /// Asks for them.
  ///
  /// - Parameter stream: where; the one that no program reads.
  /// - Throws: when anything else is typed.
  static func confirm(
    _ words: String, orElse refusal: StaticString, on stream: Console.Stream = .output
  )
    throws(Failure)
  {
    Console.write("Type \"\(words)\" in full to begin: ", to: stream)
    let typed = Array((Console.readLine() ?? "").utf8)
    let end = typed.lastIndex { $0 != 0x0D && $0 != .space } ?? -1
    guard typed[...end].elementsEqual(words.utf8) else {
      throw Failure(.badData, "\(refusal): the word was not typed, so nothing was done")
    }
  }
}
