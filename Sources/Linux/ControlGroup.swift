import CLinux

/// A control group of version 2 (cgroups(7)): a folder that holds processes, and all that they start, until
/// somebody with the right to do so moves them.
public struct ControlGroup: Sendable {
  /// As /proc/PID/cgroup names it, below the mount: "/system.slice/cron.service".
  public let path: String

  /// The group of this path.
  public init(path: String) { self.path = path }

  /// Reads what /proc/PID/cgroup holds; nil when there is no hierarchy of version 2.
  public init?(parsing bytes: some Collection<UInt8>) {
    for line in bytes.split(separator: 0x0A) {
      guard line.starts(with: [0x30, 0x3A, 0x3A]) else { continue }
      path = String(decoding: Array(line.dropFirst(3)), as: UTF8.self)
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
    let parts = path.utf8.split(separator: 0x2F).dropLast()
    let names = parts.map { String(decoding: Array($0), as: UTF8.self) }
    return ControlGroup(path: "/" + names.joined(separator: "/"))
  }

  /// The groups in this one.
  public func children(on mount: Mount) -> [ControlGroup] {
    var names: [String] = []
    guard let place = mount.place(of: self), let folder = try? Folder(path: place) else {
      return []
    }
    try? folder.forEachEntry(onSystemError: { $0 }) { entry throws(SystemError) in
      if entry.kind == .folder { names.append(String(decoding: entry.bytes, as: UTF8.self)) }
    }
    return names.map { child($0) }
  }

  /// Moves this process into the group, which is made when it is missing, with those above it.
  public func join(from mount: Mount, base: ControlGroup) throws(SystemError) {
    var walked = base.path
    for part in path.utf8.dropFirst(base.path.utf8.count).split(separator: 0x2F) {
      walked +=
        "\(walked.utf8.last == 0x2F ? "" : "/")\(String(decoding: Array(part), as: UTF8.self))"
      guard let place = mount.place(of: ControlGroup(path: walked)) else {
        throw SystemError.noSuchFile
      }
      if mkdir(place, 0o755) != 0, SystemError.last != .fileExists { throw SystemError.last }
    }
    try write("0", to: "cgroup.procs", on: mount)
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
    try Descriptor.open("\(place)/\(name)", O_WRONLY).write(Array(text.utf8))
  }

  /// Where the hierarchy can be seen.
  public struct Mount: Sendable {
    /// The folder that it is mounted at.
    public let point: String
    /// Which group that folder is.
    public let root: String

    /// Finds it in /proc/self/mountinfo (proc_pid_mountinfo(5)); nil when it is not mounted.
    public static func find() -> Mount? {
      var buffer: [UInt8] = []
      guard let file = try? Descriptor.open("/proc/self/mountinfo", O_RDONLY),
        let count = try? file.readAll(into: &buffer, atMost: 4 << 20)
      else { return nil }
      return find(in: Array(buffer[..<count]))
    }

    /// Finds it in a table of mounts.
    static func find(in table: [UInt8]) -> Mount? {
      for line in table.split(separator: 0x0A) {
        // ID, parent, device, root, mount point, options, optional fields, "-", type, source, options.
        let fields = line.split(separator: 0x20)
        guard let dash = fields.firstIndex(where: { $0.elementsEqual([0x2D]) }), dash >= 6,
          fields.count > dash + 1, fields[dash + 1].elementsEqual("cgroup2".utf8)
        else { continue }
        return Mount(
          point: String(decoding: Array(fields[4]), as: UTF8.self),
          root: String(decoding: Array(fields[3]), as: UTF8.self))
      }
      return nil
    }

    /// The numbers of the processes in all groups of this name, and in the groups below these.
    public func processes(inGroupsNamed name: String) -> [Int32] {
      var found: [Int32] = []
      if let top = try? Folder(path: point) {
        Mount.collect(from: top, named: Array(name.utf8), isInside: false, into: &found)
      }
      return found
    }

    /// A group that is removed meanwhile holds nobody.
    private static func collect(
      from group: borrowing Folder, named wanted: [UInt8], isInside: Bool, into found: inout [Int32]
    ) {
      if isInside { found += processes(in: group) }
      var names: [[UInt8]] = []
      try? group.forEachEntry(onSystemError: { $0 }) { entry throws(SystemError) in
        if entry.kind == .folder { names.append(Array(entry.bytes)) }
      }
      for name in names {
        guard let child = try? group.folder(String(decoding: name, as: UTF8.self)) else { continue }
        let isWanted = name.elementsEqual(wanted)
        collect(from: child, named: wanted, isInside: isInside || isWanted, into: &found)
      }
    }

    private static func processes(in group: borrowing Folder) -> [Int32] {
      var buffer: [UInt8] = []
      guard let file = try? group.open("cgroup.procs", O_RDONLY),
        let count = try? file.readAll(into: &buffer, atMost: 4 << 20)
      else { return [] }
      var found: [Int32] = []
      var scanner = Scanner(Array(buffer[..<count]))
      while let pid = scanner.number() {
        // 0 is one that has no number here: it is of another namespace.
        if pid > 0 { found.append(Int32(clamping: pid)) }
        _ = scanner.skipWhite()
      }
      return found
    }

    /// Where a group is, or nil when it lies outside of what is mounted.
    func place(of group: ControlGroup) -> String? {
      if root.utf8.count == 1 { return "\(point)\(group.path)" }
      let rest = group.path.utf8.dropFirst(root.utf8.count)
      // "/docker/abcd" only begins with the letters of "/docker/abc".
      guard group.path.utf8.starts(with: root.utf8), rest.isEmpty || rest.first == 0x2F else {
        return nil
      }
      return point + String(decoding: Array(rest), as: UTF8.self)
    }
  }
}
