import CLinuxCalls
import Rules
import Testing

@testable import LinuxCalls
@testable import Watchdog

/// What stands at beats/NAME.
@Suite struct BeatFileTests {
  private func status(
    _ kind: Int32 = S_IFREG, owner: UInt32 = 33, modified: Duration = .seconds(5)
  ) -> FileStatus {
    var status = stat()
    status.st_mode = mode_t(kind) | 0o644
    status.st_uid = owner
    status.st_mtim = timespec(modified)
    return FileStatus(status)
  }

  @Test func `the owner's file is a beat of its date`() {
    let date: Duration = .seconds(1_720_000_000) + .nanoseconds(1)
    let beat = Beat(status(modified: date), owner: 33)
    #expect(beat == .at(date))
    #expect(beat.date == date)
    #expect(!beat.needsFile)
  }

  @Test func `a file dated 1970 has never beaten`() {
    let beat = Beat(status(modified: .zero), owner: 33)
    #expect(beat == .never)
    #expect(beat.date == nil)
    #expect(!beat.needsFile)
  }

  /// Only the very date that mark-problems gives counts as none.
  @Test(arguments: [Duration.nanoseconds(1), .seconds(-1), .seconds(1)])
  func `a date next to 1970 is a beat`(date: Duration) {
    #expect(Beat(status(modified: date), owner: 33) == .at(date))
  }

  @Test func `a missing file is no beat and has to be made`() {
    let beat = Beat(nil, owner: 33)
    #expect(beat == .missing)
    #expect(beat.date == nil)
    #expect(beat.needsFile)
  }

  @Test(arguments: [0, 34, UInt32.max])
  func `somebody else's file does not count`(owner: UInt32) {
    let beat = Beat(status(owner: owner), owner: 33)
    #expect(beat == .foreign(owner: owner))
    #expect(beat.date == nil)
    #expect(beat.needsFile)
  }

  @Test(arguments: [S_IFDIR, S_IFLNK, S_IFIFO, S_IFCHR, S_IFSOCK, S_IFBLK])
  func `what is not a file does not count`(mode: Int32) {
    let beat = Beat(status(mode), owner: 33)
    #expect(beat == .noFile)
    #expect(beat.date == nil)
    #expect(beat.needsFile)
  }
}
