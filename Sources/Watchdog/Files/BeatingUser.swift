import LinuxCalls
import Rules

// Who beats for a heart: of/NAME/user says so, else he whose hearts/NAME is. The first is what root gives him, and he cannot
// set his limits with it.

extension Settings {
  /// The file of who beats for a heart.
  public static let userFile = "user"

  /// Who beats, as of/NAME/user has it: a number, or a name of /etc/passwd. No other place is asked, for a directory of
  /// users may not answer. Nil where the file is missing.
  public borrowing func beatingUser(of heart: Name) throws(Failure) -> UInt32? {
    guard let (file, bytes) = try own(Settings.userFile, of: heart) else {
      return nil
    }
    let word = Settings.firstWord(bytes)
    guard let user = User.number(named: word) else {
      throw mistake(
        file, "\"\(printable(word))\" is no user of /etc/passwd: write a name from it, or a number")
    }
    return user
  }
}

extension Roots {
  /// Who beats for a heart. Where of/NAME/user cannot be understood it is who did so before.
  ///
  /// - Parameters:
  ///   - beat: the beat file, which has the owner that root gave it; nil when there is none.
  ///   - onMistake: is told what is wrong with of/NAME/user.
  func user(
    of name: Name, _ heart: Heart, beat: FileStatus?, onMistake: (Failure) -> Void = { _ in }
  ) -> UInt32 {
    do throws(Failure) {
      return try Settings(self).beatingUser(of: name) ?? heart.owner
    } catch {
      onMistake(error)
      return beat?.owner ?? heart.owner
    }
  }
}
