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
      if let user = try Settings(self).read(.user, for: name) { return user }
    } catch {
      onMistake(error)
      return beat?.owner ?? heart.owner
    }
    // A chown -R, or a copy or checkout of /etc/watchdog, makes all of it root's. The programs do not know that.
    guard heart.owner == 0 || heart.owner == ThisProcess.user, let beat,
      beat.owner != heart.owner, knownHeart(name)?.owner == beat.owner
    else { return heart.owner }
    onMistake(
      Failure(
        .configuration,
        "hearts/\(name.text) belongs to root now: user \(beat.owner), who beat for it before, goes on until the next boot: "
          + "write that user into of/\(name.text)/user"))
    return beat.owner
  }

  /// Who beats for a name; our user, where it has no heart.
  public func user(of name: Name) -> UInt32 {
    if let heart = heartThatCounts(name) {
      let beat = try? FileStatus.at("\(path(of: .beats))/\(name.text)")
      return user(of: name, heart, beat: beat)
    }
    if let user = try? Settings(self).read(.user, for: name) { return user }
    return (try? FileStatus.at("\(config)/hearts/\(name.text)").owner) ?? ThisProcess.user
  }
}
