import CLinuxCalls

/// A control group of version 2 (cgroups(7)): a folder that holds processes, and all that they start, until
/// somebody with the right to do so moves them.
public struct ControlGroup: Sendable {
  /// As /proc/PID/cgroup names it, below the mount: "/system.slice/cron.service".
  public let path: String

  /// The group of this path.
  public init(path: String) { self.path = path }

  /// Reads what /proc/PID/cgroup holds; nil when there is no hierarchy of version 2.
  public init?(parsing bytes: some Collection<UInt8>) {
    for line in bytes.split(separator: .newline) {
      guard line.starts(with: "0::".utf8) else { continue }
      path = line.dropFirst(3).text
      return
    }
    return nil
  }

  /// The group of this process; nil when there is no hierarchy of version 2.
  public static func own() -> ControlGroup? {
    var buffer: [UInt8] = []
    guard let count = try? ProcessTable().readGroups(of: getpid(), into: &buffer) else {
      return nil
    }
    return ControlGroup(parsing: buffer[..<count])
  }

  /// A group in this one.
  public func child(_ name: String) -> ControlGroup {
    ControlGroup(path: path.utf8.count == 1 ? "/\(name)" : "\(path)/\(name)")
  }

  /// The group that it is in.
  public var parent: ControlGroup {
    ControlGroup(path: "/" + path.pathParts.dropLast().joined(separator: "/"))
  }

  /// The groups in this one.
  public func children(on mount: Mount) -> [ControlGroup] {
    guard let place = mount.place(of: self), let folder = try? Folder(path: place) else {
      return []
    }
    return ((try? folder.names(of: .folder)) ?? []).map { child($0.text) }
  }

  /// Whether it belongs to root or to our user. One that systemd has delegated belongs to that user, and so do those that it
  /// makes in it, under whatever name.
  public func isOurs(on mount: Mount) -> Bool {
    guard let place = mount.place(of: self) else { return false }
    return (try? Folder(path: place).status().isOurs) ?? false
  }

  /// Moves this process into the group, which is made when it is missing, with those above it.
  public func join(from mount: Mount, base: ControlGroup) throws(SystemError) {
    var walked = base.path
    for part in path.utf8.dropFirst(base.path.utf8.count).text.pathParts {
      walked += "\(walked.utf8.last == .slash ? "" : "/")\(part)"
      guard let place = mount.place(of: ControlGroup(path: walked)) else {
        throw SystemError.noSuchFile
      }
      try unless(.fileExists, Folder.make(place))
    }
    try write("0", to: "cgroup.procs", on: mount)
  }

  /// Lets what is in it have so much memory: above nine tenths of it the kernel takes back what it can, and above it all
  /// of the group is killed at once (Documentation/admin-guide/cgroup-v2.rst).
  ///
  /// - Parameters:
  ///   - bytes: nil for as much as there is.
  ///   - base: where groups like it are made: a controller is handed down from group to group.
  public func limitMemory(
    to bytes: Int64?, on mount: Mount, base: ControlGroup
  ) throws(SystemError) {
    guard let bytes else {
      // One that is used again may have had a limit.
      for file in ["memory.high", "memory.max"] { try? write("max", to: file, on: mount) }
      return
    }
    for group in [base, parent] {
      try group.write("+memory", to: "cgroup.subtree_control", on: mount)
    }
    try write("1", to: "memory.oom.group", on: mount)
    try write("\(bytes / 10 * 9)", to: "memory.high", on: mount)
    try write("\(bytes)", to: "memory.max", on: mount)
  }

  /// Whether the kernel has killed something in it for want of memory.
  public func ranOutOfMemory(on mount: Mount) -> Bool {
    guard let place = mount.place(of: self),
      let bytes = try? Descriptor.contents(of: "\(place)/memory.events", atMost: 1024)
    else { return false }
    return ControlGroup.ranOutOfMemory(bytes)
  }

  /// Reads memory.events.
  static func ranOutOfMemory(_ bytes: [UInt8]) -> Bool {
    bytes.lines.contains { $0.starts(with: "oom_kill ".utf8) && $0 != Array("oom_kill 0".utf8) }
  }

  /// Kills everything in it and in the groups below it (Linux 5.14).
  public func kill(on mount: Mount) throws(SystemError) {
    try write("1", to: "cgroup.kill", on: mount)
  }

  /// Removes it. One that holds a process, or another group, is busy.
  public func remove(from mount: Mount) throws(SystemError) {
    guard let place = mount.place(of: self) else { throw SystemError.noSuchFile }
    _ = try check(place) { rmdir($0) }
  }

  private func write(_ text: String, to name: String, on mount: Mount) throws(SystemError) {
    guard let place = mount.place(of: self) else { throw SystemError.noSuchFile }
    try Descriptor.open("\(place)/\(name)", .write).write(Array(text.utf8))
  }

  /// Where the hierarchy can be seen.
  public struct Mount: Sendable {
    /// The folder that it is mounted at.
    public let point: String
    /// Which group that folder is.
    public let root: String

    /// Finds it in /proc/self/mountinfo (proc_pid_mountinfo(5)); nil when it is not mounted.
    public static func find() -> Mount? {
      (try? Descriptor.contents(of: "/proc/self/mountinfo", atMost: 4 << 20)).flatMap {
        find(in: $0)
      }
    }

    /// Finds it in a table of mounts.
    static func find(in table: [UInt8]) -> Mount? {
      for mount in MountEntry.all(in: table) where mount.type.elementsEqual("cgroup2".utf8) {
        return Mount(point: mount.point.text, root: mount.root.text)
      }
      return nil
    }

    /// Where the groups of this name are. Groups of other users are not looked into: each could make thousands.
    public func places(ofGroupsNamed name: String) -> [String] {
      var places: [String] = []
      if let top = try? Folder(path: point) {
        Mount.collect(in: top, named: Array(name.utf8), into: &places)
      }
      return places
    }

    private static func collect(
      in group: borrowing Folder, named wanted: [UInt8], into places: inout [String]
    ) {
      for name in (try? group.names(of: .folder)) ?? [] {
        guard let child = try? group.folder(name.text), child.isOurs else { continue }
        if name.elementsEqual(wanted) {
          places.append(child.path)
        } else {
          collect(in: child, named: wanted, into: &places)
        }
      }
    }

    /// The numbers of the processes in the group at this place, and in those below it. One that is gone holds nobody.
    public static func processes(below place: String) -> [Int32] {
      guard let group = try? Folder(path: place) else { return [] }
      var found: [Int32] = []
      collect(from: group, into: &found)
      return found
    }

    private static func collect(from group: borrowing Folder, into found: inout [Int32]) {
      found += processes(in: group)
      for name in (try? group.names(of: .folder)) ?? [] {
        if let child = try? group.folder(name.text) { collect(from: child, into: &found) }
      }
    }

    private static func processes(in group: borrowing Folder) -> [Int32] {
      guard let file = try? group.open("cgroup.procs", .read),
        let bytes = try? file.readOn(atMost: 4 << 20)
      else { return [] }
      var found: [Int32] = []
      var scanner = Scanner(bytes)
      while let pid = scanner.number() {
        // 0 is one that has no number here: it is of another namespace.
        if pid > 0 { found.append(Int32(clamping: pid)) }
        _ = scanner.skipWhite()
      }
      return found
    }

    /// Where a group is, or nil when it lies outside of what is mounted.
    public func place(of group: ControlGroup) -> String? {
      if root.utf8.count == 1 { return "\(point)\(group.path)" }
      let rest = group.path.utf8.dropFirst(root.utf8.count)
      // "/docker/abcd" only begins with the letters of "/docker/abc".
      guard group.path.utf8.starts(with: root.utf8), rest.isEmpty || rest.first == .slash else {
        return nil
      }
      return point + rest.text
    }
  }
}
