import LinuxCalls
import Rules

/// What the clerk does for the ladder: at the beginning of a boot it reads from the disk what earlier boots have left,
/// and later it carries there what is decided in this one. The tools only look at /run/watchdog.
///
/// /run/watchdog/reboots is what earlier boots have left; `counted` says what stands on the disk of this boot's reboot,
/// or why it cannot. Each part can be done twice.
struct Ledger: ~Copyable {
  private let roots: Roots
  private let state: StateFolder
  private let boot: ThisBoot
  /// Where sysfs is.
  private let system: String

  init(_ roots: Roots, system: String) throws(Failure) {
    let state = try StateFolder(roots)
    boot = try ThisBoot(roots, state, makes: true)
    self.state = state
    self.roots = roots
    self.system = system
  }

  /// Does all of it.
  ///
  /// - Parameter isStale: whether the device is not fed although that could not be noted in /run/watchdog.
  borrowing func carry(isStale: Bool) throws(Failure) {
    do throws(Failure) {
      try Ledger.checkLasts(roots)
      let record = try load()
      try count(record, isStale: isStale)
      try carryStandDown()
      try carryRestarts()
    } catch {
      try? state.replace(Counted.file, Counted.cannot(error.sentence).text)
      throw error
    }
  }

  // MARK: What earlier boots have left

  /// Reads the disk, at the first time in a boot.
  private borrowing func load() throws(Failure) -> RebootsNote {
    if let bytes = try state.read(RebootsNote.file, atMost: RebootsNote.largestFile),
      let record = RebootsNote(parsing: bytes), record.boot.isEqual(to: boot.name)
    {
      return record
    }
    let data = try roots.openData()
    let bytes = try data.read(RebootsNote.file, atMost: RebootsNote.largestFile)
    let last = bytes.flatMap { RebootsNote(parsing: $0) }
    try checkIsProven(data, hasRecord: bytes != nil)
    let record = RebootsNote(beginning: boot.name, after: last)
    if let stood = try data.read(StandingDownNote.file, atMost: StandingDownNote.largestFile) {
      try state.replace(StandingDownNote.file, StandingDownNote(parsing: stood).text)
    }
    if try state.read(Restarts.file, atMost: 1) == nil {
      let restarts = Restarts(
        parsing: try data.read(Restarts.file, atMost: Restarts.largestFile) ?? [], boot: boot.name)
      if !restarts.entries.isEmpty { try state.replace(Restarts.file, restarts.text) }
    }
    try state.replace(RebootsNote.file, record.text)
    return record
  }

  /// A device that reset this box was armed by an earlier boot, of which a record must be there. Where it is not, what is
  /// counted is lost with each boot, as far as this one can tell. The next one may find what is written now, and know
  /// better; a file of an older version is proof enough.
  private borrowing func checkIsProven(_ data: borrowing Folder, hasRecord: Bool) throws(Failure) {
    if try !state.has(.unproven) {
      guard !hasRecord, let devices = try? ArmedDevice.all(roots, system: system),
        devices.contains(where: { $0.description?.didReset ?? false })
      else { return }
      try state.set(.unproven)
      try data.keep(RebootsNote.file, RebootsNote(beginning: boot.name, after: nil).text)
    }
    throw Failure(
      .unavailable,
      "the device reset this box, and \(data.path) knows of no boot before this one: what is counted there is lost "
        + "with each boot")
  }

  /// What is written into memory does not survive a reboot, and must not be counted on.
  private static func checkLasts(_ roots: Roots) throws(Failure) {
    guard roots.isOfBox, let place = try? FileSystem.Place(of: roots.data), !place.lasts else {
      return
    }
    throw Failure(
      .unavailable,
      "\(roots.data) is on a file system in memory, so reboots cannot be counted: put it on a disk")
  }

  // MARK: What this boot comes to

  private borrowing func count(_ record: RebootsNote, isStale: Bool) throws(Failure) {
    let due = try RebootDueNote.read(in: state)
    let isNotFed = try state.has(.notFed) || isStale
    let kind = Reboots.kind(due: due?.isTest, isNotFed: isNotFed)
    let data = try roots.openData()
    let bytes = try data.read(RebootsNote.file, atMost: RebootsNote.largestFile)
    let kept = bytes.flatMap { RebootsNote(parsing: $0) }
    // Where it stands there already it keeps the date that it has.
    var base = record
    if let kept, kept.boot.isEqual(to: record.boot) {
      base.entries += kept.entries.filter { $0.boot.isEqual(to: record.boot) }
    }
    let wanted = base.with(kind, at: boot.uptime(at: Clock.monotonic))
    let isOld = kept.map { wanted.uptime - $0.uptime > Ledger.longestUnsaved } ?? true
    if kept?.entries != wanted.entries || isOld || kept?.boot.isEqual(to: wanted.boot) != true {
      try data.keep(RebootsNote.file, wanted.text)
    }
    try state.replace(Counted.file, Counted.counted(kind).text)
  }

  /// Uptime that was written down longer ago than this is written anew.
  private static let longestUnsaved: Duration = .seconds(1800)

  private borrowing func carryStandDown() throws(Failure) {
    let here = try state.read(StandingDownNote.file, atMost: StandingDownNote.largestFile)
    let data = try roots.openData()
    let there = try data.read(StandingDownNote.file, atMost: StandingDownNote.largestFile)
    if here == there { return }
    if let here {
      try data.keep(StandingDownNote.file, StandingDownNote(parsing: here).text)
    } else {
      try data.clear(StandingDownNote.file)
    }
  }

  private borrowing func carryRestarts() throws(Failure) {
    let data = try roots.openData()
    guard let here = try state.read(Restarts.file, atMost: Restarts.largestFile) else {
      return try data.clear(Restarts.file)
    }
    if try data.read(Restarts.file, atMost: Restarts.largestFile) == here { return }
    try data.keep(Restarts.file, Restarts(parsing: here, boot: boot.name).text, soon: true)
  }
}
