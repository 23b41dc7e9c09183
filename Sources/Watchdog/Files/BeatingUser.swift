import LinuxCalls
import Rules

// Who beats for a heart: of/NAME/user says so, else he whose hearts/NAME is. The first is what root gives him, and he cannot
// set his limits with it.

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
      return try Settings(self).read(.user, for: name) ?? heart.owner
    } catch {
      onMistake(error)
      return beat?.owner ?? heart.owner
    }
  }
  /// Who beats for a name; our user, where it has no heart.
  func user(of name: Name) -> UInt32 {
    if let user = try? Settings(self).read(.user, for: name) { return user }
    guard let hearts = try? configFolder("hearts") else { return ThisProcess.user }
    return (try? hearts.status(of: name.text).owner) ?? ThisProcess.user
  }
}
