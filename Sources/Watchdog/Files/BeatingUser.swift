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
}
