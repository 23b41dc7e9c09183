import CLinux
import Testing

@testable import Linux
@testable import Watchdog

@Suite struct BeatTests {
  private func status(
    _ kind: Int32 = S_IFREG, owner: UInt32 = 33, modified: Duration = .seconds(5)
  ) -> FileStatus {
    var status = stat()
    status.st_mode = mode_t(kind) | 0o644
    status.st_uid = owner
    status.st_mtim = timespec(modified)
    return FileStatus(status)
  }

  @Test func aFileOfTheOwnerIsABeatOfItsDate() {
    let date: Duration = .seconds(1_720_000_000) + .nanoseconds(1)
    let beat = Beat(status(modified: date), owner: 33)
    #expect(beat == .at(date))
    #expect(beat.date == date)
    #expect(!beat.needsFile)
  }

  @Test func aFileDated1970HasNeverBeaten() {
    let beat = Beat(status(modified: .zero), owner: 33)
    #expect(beat == .never)
    #expect(beat.date == nil)
    #expect(!beat.needsFile)
  }

  /// Only the very date that mark-problems gives counts as none.
  @Test(arguments: [Duration.nanoseconds(1), .seconds(-1), .seconds(1)])
  func aDateBeside1970IsABeat(date: Duration) {
    #expect(Beat(status(modified: date), owner: 33) == .at(date))
  }

  @Test func noFileIsNoBeatAndHasToBeMade() {
    let beat = Beat(nil, owner: 33)
    #expect(beat == .missing)
    #expect(beat.date == nil)
    #expect(beat.needsFile)
  }

  @Test(arguments: [0, 34, UInt32.max])
  func aFileOfSomebodyElseDoesNotCount(owner: UInt32) {
    let beat = Beat(status(owner: owner), owner: 33)
    #expect(beat == .foreign(owner: owner))
    #expect(beat.date == nil)
    #expect(beat.needsFile)
  }

  @Test(arguments: [
    (S_IFDIR, FileStatus.Kind.folder), (S_IFLNK, .symbolicLink), (S_IFIFO, .fifo),
    (S_IFCHR, .characterDevice), (S_IFSOCK, .other), (S_IFBLK, .other),
  ])
  func whatIsNoFileDoesNotCount(mode: Int32, kind: FileStatus.Kind) {
    let beat = Beat(status(mode), owner: 33)
    #expect(beat == .noFile(kind))
    #expect(beat.date == nil)
    #expect(beat.needsFile)
  }
}
