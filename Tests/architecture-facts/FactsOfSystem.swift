import CLinuxCalls
import LinuxCalls

/// What goes to the kernel and comes back.
extension Facts {
  mutating func lookAtFiles(in folder: borrowing Folder) throws(SystemError) {
    let file = try folder.create("large")
    try file.write(Array("end".utf8), at: 5 << 30)
    tell("a file of more than 4 GB has its size", try file.status().size == 5 << 30 + 3)
    tell("and its end can be read", try file.readEnd(atMost: 3).elementsEqual("end".utf8))
    let year2200 = Duration.seconds(Int64(7_258_118_400))
    try file.date(year2200)
    tell("a date after 2106 is kept by a file", try folder.status(of: "large").modified == year2200)
    tell("a byte far out is locked", try file.tryToLock(byte: 1 << 40))
    let other = try folder.openOrCreate("large", mode: 0o600)
    tell("and not by two", try !other.tryToLock(byte: 1 << 40))
    tell("another one is free", try other.tryToLock(byte: 1 << 40 | 1))
    let status = try folder.status(of: "large")
    tell("what is there already is known", try file.isSame(as: status))
    var known = stat()
    var whole = stat()
    let answers = (
      clinux_status_as_known(AT_FDCWD, "/dev/null", &known), stat("/dev/null", &whole)
    )
    tell(
      "what is known without asking is the same",
      answers.0 == 0 && answers.1 == 0 && known.st_ino == whole.st_ino
        && known.st_dev == whole.st_dev && known.st_rdev == whole.st_rdev
        && known.st_mode == whole.st_mode)
    let node = try Folder(path: "/dev").status(of: "null").node
    tell("a device has its number", node == DeviceNumber(major: 1, minor: 3))
    tell("a file system has room", (try FileSystem(of: "/proc").kind) == 0x9FA0)
  }

  /// A boot, a shutdown and a boot, as the C library keeps them: with a time of 32 bits, except on arm64.
  mutating func lookAtLogins(in folder: borrowing Folder, _ path: String) throws(SystemError) {
    #if arch(arm64)
    let (size, place, next) = (400, 344, 352)
    #else
    let (size, place, next) = (384, 340, 344)
    #endif
    var bytes: [UInt8] = []
    for (kind, user) in [(2 as UInt8, "reboot"), (1, "shutdown"), (2, "reboot")] {
      var record = [UInt8](repeating: 0, count: size)
      record[0] = kind
      record.replaceSubrange(44..<44 + user.utf8.count, with: user.utf8)
      record[place + 3] = 0x6B  // 1,795,162,112: 2026
      record[next] = 7  // which is no part of it
      bytes += record
    }
    try folder.create("wtmp").write(bytes)
    // musl keeps none, and says so.
    guard utmpname(path) == 0 else { return }
    let boot = Duration.seconds(Int64(0x6B00_0000))
    tell(
      "wtmp tells of a shutdown", LoginRecords.lastBootEndedInOrder(boot: boot, path: path) == true)
  }

  mutating func lookAtEntries(in folder: borrowing Folder) throws(SystemError) {
    // The length of a name moves what follows it: one that is read at an odd place shows there.
    let names = try folder.makeFolder("names", mode: 0o755)
    let letters = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
    for count in 1...50 { _ = try names.create(Array(letters.utf8.prefix(count)).text) }
    var areWell = true
    var seen = 0
    try names.forEachEntry { (entry) throws(SystemError) in
      seen += 1
      let status = try names.status(of: entry.bytes.text)
      areWell = areWell && status.inode == entry.inode && entry.kind == .file
    }
    tell("each of 50 names in a folder has its inode", areWell && seen == 50)
  }

  mutating func lookAtProcesses(in folder: borrowing Folder) throws(SystemError) {
    let child = try Child(["/bin/sh", "-c", "exit 7"], apart: .group)
    let end = child.wait(untilMonotonic: Clock.monotonic + .seconds(20))
    tell("a child's end is told", end == .exited(7))
    let bytes = try Folder(path: "/proc/self").readFile("stat", atMost: 4096) ?? []
    let status = ProcessStatus(parsing: bytes)
    tell("its own number stands in /proc", status?.identity.pid == ThisProcess.pid)
    tell("it is not older than the box", (status?.identity.age ?? .zero) <= Clock.sinceBoot)
    tell("two numbers by chance differ", try randomNumber() != randomNumber())
    tell("WDIOC_SETTIMEOUT is the kernel's number", clinux_WDIOC_SETTIMEOUT() == 0xC004_5706)
  }
}
