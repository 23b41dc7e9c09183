import LinuxCalls

// How a number comes into a counter's file, and one flush of the disk for many of them.
//
// The file is locked for some microseconds by whoever changes it. A byte of it is locked by whoever flushes, which leaves
// the file itself to others meanwhile. Both locks are the kernel's, which takes them back from the dead. Those that wait
// for a flush are woken by whoever made it; one that was killed or stopped wakes nobody, so now and then they look.

extension Counter {
  /// The byte that is locked by whoever flushes.
  private static var flushing: Int64 { 0 }

  /// How often those that wait for a flush look whether somebody still does it.
  private static var lookAgain: Duration { .milliseconds(3) }

  /// - Returns: nil when the file is not the one of that name any more. Else it has no locks any more.
  func count(in open: OpenFile, by step: UInt64) throws(StorageError) -> UInt64? {
    let isOurs = try attempt(to: "lock \(path)", lock(open))
    if !isOurs { throw StorageError(.held, to: "count in \(path)") }
    let named = try attempt(to: "read \(path)", unless(.noSuchFile, FileStatus.at(path)))
    guard let named, (try? open.file.isSame(as: named)) == true else { return nil }
    let proof = boot.isEmpty ? [] : boot + Array("\(named.inode)".utf8)
    var slots = try read(open.file, proof)
    if let number = slots.outgrown {
      try make(from: number, replacing: true)
      return nil
    }
    guard let newest = slots.newest else { throw StorageError(.damaged, to: "count in \(path)") }
    let (value, overflow) = newest.addingReportingOverflow(step)
    if overflow { throw StorageError(.overflow, to: "count in \(path)") }
    let isKept = try attempt(to: "count in \(path)") { () throws(SystemError) in
      if durability == .power, slots.kept == nil { try settle(open, &slots, proof) }
      try open.file.write(CounterSlots.line(value), at: slots.write(value))
      if durability == .power {
        return try keep(value, in: open, slots, proof, isAlone: slots.kept == newest)
      }
      try open.file.unlock()
      return true
    }
    if !isKept { throw StorageError(.held, to: "count in \(path)") }
    return value
  }

  /// - Returns: whether it is ours.
  private func lock(_ open: OpenFile) throws(SystemError) -> Bool {
    try wait(upTo: patience, progress: { (try? read(open.file).newest) ?? 0 }) {
      () throws(SystemError) in try open.file.tryToLock()
    }
  }

  /// - Parameter proof: as `CounterSlots` takes it; for those that only read none.
  func read(
    _ file: borrowing Descriptor, _ proof: [UInt8] = []
  ) throws(StorageError) -> CounterSlots {
    try attempt(to: "read \(path)") { () throws(SystemError) in
      var slots = CounterSlots(try file.bytes(atMost: CounterSlots.size), proof: proof)
      // A number that is half there is perhaps being written just now. Where the same one is so a moment later
      // the others were whole in between, and nothing newer had been returned by anybody.
      for _ in 0..<20 where slots.outgrown == nil && !slots.isWhole {
        let before = slots
        slots = CounterSlots(try file.bytes(atMost: CounterSlots.size), proof: proof)
        if slots.lacksTheSame(as: before) { break }
      }
      return slots
    }
  }

  /// Before anything is written over what may have been returned must be on the disk, and the file have its name there.
  private func settle(
    _ open: OpenFile, _ slots: inout CounterSlots, _ proof: [UInt8]
  ) throws(SystemError) {
    try open.file.synchronizeData()
    try Folder(path: folder).synchronize()
    (slots.kept, slots.going) = (slots.newest, slots.newest)
    try open.file.write(slots.marks(proof), at: CounterSlots.placeOfMarks)
  }

  /// Returns when the disk has a number. One flushes for all that have counted by then, while others go on counting; those
  /// that come meanwhile wait for the next flush.
  ///
  /// It is called with the file locked.
  ///
  /// - Returns: false when a flush was waited for in vain.
  private func keep(
    _ value: UInt64, in open: OpenFile, _ slots: CounterSlots, _ proof: [UInt8], isAlone: Bool
  ) throws(SystemError) -> Bool {
    var isAlone = isAlone
    let begin = Clock.monotonic
    defer { open.lastTook = isAlone ? .zero : Clock.monotonic - begin }
    if isAlone, open.lastTook == .zero, try open.file.tryToLock(byte: Counter.flushing) {
      try flush(open, slots, mine: value, proof)
      return true
    }
    try open.file.unlock()
    var (kept, digits): (UInt64, [UInt8]) = (0, [])
    func pause(_: Int, _: Duration) { open.wait(while: digits, atMost: Counter.lookAgain) }
    return try wait(upTo: patience, progress: { kept }, pause: pause) {
      () throws(SystemError) in
      let marks = try open.file.bytes(
        atMost: CounterSlots.lineLength, from: CounterSlots.placeOfMarks)
      (kept, digits) = CounterSlots.kept(in: marks, proof)
      if kept >= value {
        isAlone = false
        return true
      }
      guard try open.file.tryToLock(byte: Counter.flushing) else { return false }
      // Those that the last flush was for count once more meanwhile, and so one flush is for all instead of half of them.
      pauseLonger(open.lastTook)
      guard try lock(open) else { return false }
      let slots = try now(open, proof)
      isAlone = isAlone && slots.newest == value
      try flush(open, slots, mine: value, proof)
      return true
    }
  }

  /// What the file says, which is locked.
  private func now(_ open: OpenFile, _ proof: [UInt8]) throws(SystemError) -> CounterSlots {
    CounterSlots(try open.file.bytes(atMost: CounterSlots.size), proof: proof)
  }

  /// Flushes all that was counted, unless others have done it. The file is unlocked while the disk is at it.
  ///
  /// It is called with the file locked, and the byte; neither is, when it returns.
  private func flush(
    _ open: OpenFile, _ slots: CounterSlots, mine value: UInt64, _ proof: [UInt8]
  ) throws(SystemError) {
    var slots = slots
    if let newest = slots.newest, slots.kept ?? 0 < newest {
      slots.going = newest
      try open.file.write(slots.marks(proof), at: CounterSlots.placeOfMarks)
      // Written once more, and not over what the disk has: after a flush that failed the kernel takes it for flushed.
      let place = slots.placeOfNewest
      if newest != value { try open.file.write(CounterSlots.line(newest), at: place) }
      try open.file.unlock()
      do throws(SystemError) {
        try open.file.synchronizeData()
      } catch {
        try? open.file.write(CounterSlots.line(newest), at: place)
        throw error
      }
      // It is on the disk, whether that can be noted or not.
      guard try lock(open) else { return try open.file.unlockBytes() }
      slots = try now(open, proof)
      slots.kept = max(newest, slots.kept ?? 0)
      // Before the mark is changed: whoever sees it can flush what came later.
      try open.file.unlockBytes()
      try open.file.write(slots.marks(proof), at: CounterSlots.placeOfMarks)
    } else {
      try open.file.unlockBytes()
    }
    try open.file.unlock()
    open.wake()
  }
}
