import LinuxCalls

/// The secret of a heart, by which its programs prove that they are its own: 32 random digits in their environment.
///
/// A user that is neither root nor the one that the program runs as can read neither that environment nor
/// /run/watchdog/keys, which is closed to all but root. A key lasts until the next boot. One that was lost is made anew,
/// and what has the old one is proven by its control group, its descent or pids/NAME.
enum Key {
  private static let length = 32

  /// The key of a heart; nil when there is none that may be read.
  static func read(_ name: Name, in keys: borrowing Folder) -> [UInt8]? {
    guard let bytes = try? keys.readFile(name.text, atMost: length + 1), bytes.count == length,
      bytes.allSatisfy({ Hexadecimal.number($0) != nil })
    else { return nil }
    return bytes
  }

  /// The key of a heart, which is made when there is none. Nil where none can be kept: what is started without one is
  /// found all the same in most places.
  static func make(_ name: Name, in state: borrowing StateFolder) -> String? {
    guard let keys = try? state.open(.keys) else { return nil }
    if let key = read(name, in: keys) { return key.text }
    let draft = ".\(ThisProcess.pid)"
    do throws(SystemError) {
      let text = try randomName()
      _ = try keys.makeDraft(draft, mode: 0o600) { (file) throws(SystemError) in
        try file.write(Array(text.utf8))
      }
      defer { try? keys.remove(draft) }
      // What is no key is in the way of one.
      if try keys.statusIfThere(of: name.text) != nil, read(name, in: keys) == nil {
        try keys.removeIfThere(name.text)
      }
      try unless(.fileExists, keys.link(draft, to: name.text, in: keys))
    } catch {
      return nil
    }
    return read(name, in: keys).map { $0.text }
  }
}
