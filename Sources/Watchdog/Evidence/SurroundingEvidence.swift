import LinuxCalls

/// How it was around a program that hangs: in its control group, on the box, and what it said last.
struct SurroundingEvidence {
  /// Where /proc is.
  let proc: String

  /// Memory, pressure and number of processes of a group (Documentation/admin-guide/cgroup-v2.rst).
  func write(group: ControlGroup, on mount: ControlGroup.Mount, to text: inout EvidenceText) {
    guard let place = mount.place(of: group), let folder = try? Folder(path: place) else { return }
    text.head("group \(group.path.printable)")
    for file in [
      "memory.current", "memory.max", "memory.high", "memory.swap.current", "memory.events",
      "pids.current", "pids.max", "pids.events", "memory.pressure", "io.pressure", "cpu.pressure",
    ] {
      let bytes = folder.evidence(file, atMost: 1024)
      for line in bytes.lines { text.line("\(file) \(printable(line))") }
    }
  }

  /// Where the file systems of servers are mounted that a process sees, a line "mount TYPE PATH SOURCE" each
  /// (proc_pid_mountinfo(5)): one that does not answer is among them.
  func write(mountsOf process: Int32, to text: inout EvidenceText) {
    guard let folder = try? Folder(path: "\(proc)/\(process)") else { return }
    for line in folder.evidence("mountinfo", atMost: 65_536).lines {
      let words = line.pieces(between: .space)
      guard let dash = words.firstIndex(where: { $0.elementsEqual("-".utf8) }),
        words.count > dash + 2, dash > 4
      else { continue }
      let kinds: [StaticString] = ["fuse", "nfs", "cifs", "smb3", "9p", "ceph"]
      let isOfServer = kinds.contains { words[dash + 1].starts(with: "\($0)".utf8) }
      if isOfServer, !words[dash + 1].elementsEqual("fusectl".utf8) {
        text.line(
          "mount \(printable(words[dash + 1])) \(printable(words[4])) \(printable(words[dash + 2]))"
        )
      }
    }
  }

  /// Memory, pressure and load of the box.
  func write(to text: inout EvidenceText) {
    guard let folder = try? Folder(path: proc) else { return }
    text.head("box")
    text.line("load \(printable(folder.evidence("loadavg", atMost: 128).firstLine))")
    for kind in ["memory", "io", "cpu"] {
      for line in folder.evidence("pressure/\(kind)", atMost: 512).lines {
        text.line("\(kind).pressure \(printable(line))")
      }
    }
    let files = folder.evidence("sys/fs/file-nr", atMost: 128).firstLine.pieces(between: 9)
    text.line("open files \(files.map { printable($0) }.joined(separator: " "))")
    for line in folder.evidence("meminfo").lines.prefix(28) { text.line(printable(line)) }
  }

  /// The last lines of a log. Its disk may hang.
  func write(log path: String, to text: inout EvidenceText) {
    guard let file = try? Folder(path: "/").openToRead(path),
      let bytes = try? file.readEnd(atMost: 12_288), !bytes.isEmpty
    else { return }
    text.head("log \(path.printable)")
    // The first line of what was cut off is half a line.
    let lines = bytes.count < 12_288 ? bytes : Array(bytes.drop { $0 != .newline }.dropFirst())
    for line in lines.lines { text.line(printable(line, atMost: 400)) }
  }
}
