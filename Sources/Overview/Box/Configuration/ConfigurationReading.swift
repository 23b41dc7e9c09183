import LinuxCalls
import Rules
import Watchdog

extension Configuration {
  /// The files directly in the configuration that tools read.
  static let files =
    Setting.all.map { "\($0.name)" }
    + Settings.words.filter { !$0.isOfHeartsAlone }.map { "\($0.name)" } + ["device"]

  /// Reads all of it.
  init(_ roots: Roots, _ around: Outside, seesOutside: Bool, runner: UInt32) throws(Failure) {
    self.init(roots: roots, around: around, seesOutside: seesOutside, runner: runner)
    isRoot = ThisProcess.user == 0
    for name in [""] + ConfigFolder.known + ConfigFolder.available {
      folders.append(ConfigFolder(name, roots))
    }
    let settings = try Settings(roots)
    for index in folders.indices where folders[index].obstacle == nil {
      guard ConfigFolder.known.has(folders[index].name) || folders[index].name.utf8.isEmpty else {
        continue
      }
      let path = roots.path(of: folders[index].name)
      folders[index].distrust = sentence(try Trust.check(folder: path, as: runner))
    }
    readSettings(settings)
    readOwnSettings(settings)
    readHearts()
    readChain()
    problems = roots.names(in: .problems)
    let named = try? ArmedDevice.all(roots, system: around.path("/sys"))
    devices = (named ?? [ArmedDevice(configured: Settings.usualDevice)]).filter { $0.isConfigured }
    if seesOutside {
      crontabs = CrontabFile.all(around, runner: runner)
      services = Services(around)
      running = Running(crontabs, services)
    }
    readExecutables()
    readDangers()
    close = CloseCall.all(roots, limits: limits)
  }

  private func limits(_ subject: Margins.Subject, _ name: Name) -> [Duration] {
    switch subject {
    case .hearts:
      hearts.filter { $0.name == name }.flatMap { [$0.heart.limit, $0.heart.startLimit] }
    case .chain where name == Margins.device: [.seconds(deviceTimeout)]
    case .chain: links.filter { $0.tool == name }.map { $0.limit }
    }
  }

  /// Reads files of one value each, and notes what is wrong with them: that begins with the path, as what we say does.
  ///
  /// - Parameter heart: for which they count; nil for the box.
  private mutating func values(
    in files: [(name: String, path: String)], of heart: Name?, _ settings: borrowing Settings
  ) -> (numbers: Numbers, lastStep: Step?) {
    var numbers = Numbers()
    for (name, path) in files {
      do throws(Failure) {
        let setting = Setting.all.first { "\($0.name)".isEqual(to: name) }
        if let setting, heart == nil || setting.isPerHeart {
          numbers.set(setting, try settings.read(setting, for: heart))
        } else if let word = Settings.words.first(where: { "\($0.name)".isEqual(to: name) }) {
          try word.check(settings, heart)
        } else if heart == nil {
          var wrong: Failure?
          _ = try settings.devices { wrong = wrong ?? $0 }
          if let wrong { throw wrong }
        }
      } catch {
        let prefix = "\(roots.path(of: path)): ".utf8
        let sentence = error.sentence.utf8
        let rest = sentence.dropFirst(sentence.starts(with: prefix) ? prefix.count : 0)
        mistakes.append((path, rest.text))
      }
    }
    return (numbers, try? settings.read(.lastStep, for: heart))
  }

  private mutating func readSettings(_ settings: borrowing Settings) {
    (numbers, lastStep) = values(in: Configuration.files.map { ($0, $0) }, of: nil, settings)
  }

  private mutating func readOwnSettings(_ settings: borrowing Settings) {
    for file in folder("of")?.files ?? [] {
      let folder = ConfigFolder(file.path, roots)
      folders.append(folder)
      if folder.obstacle != nil { continue }
      let files = folder.files.map { (name: $0.name.text, path: $0.path) }
      let (numbers, lastStep) = values(in: files, of: file.name, settings)
      var found = OwnSettings(name: file.name, numbers: numbers, lastStep: lastStep)
      found.thresholds = thresholds(folder, of: file.name)
      own.append(found)
    }
  }

  /// What the scripts detectors/NAME and solutions/NAME name with a slash before it: "$of/percent".
  private func thresholds(_ folder: ConfigFolder, of name: Name) -> [String] {
    var read: [String] = []
    let others = Configuration.executables.has(name.text) ? [name.text] : []
    for place in ["detectors/\(name.text)", "solutions/\(name.text)"] + others {
      let path = roots.path(of: place)
      guard let script = try? Folder(path: "/").openFollowed(path).readStart(atMost: 65_536) else {
        continue
      }
      for file in folder.files where script.names(Array("/\(file.name.text)".utf8)) {
        read.append(file.name.text)
      }
    }
    return read
  }

  private mutating func readHearts() {
    guard let files = folder("hearts")?.files, !files.isEmpty,
      let folder = try? Folder(path: roots.path(of: "hearts"))
    else { return }
    // An array, for a dictionary takes libm, and small boxes have libc alone.
    var users: [(id: UInt32, exists: Bool)] = [(0, true)]
    for file in files {
      do throws(Heart.Unreadable) {
        let heart = try Heart.read(file.name, kind: file.kind, in: folder)
        var one = ConfiguredHeart(name: file.name, heart: heart)
        // What is wrong with it is told of its own file.
        one.named = try? Settings(roots).read(.user, for: file.name)
        let known = users.first { $0.id == one.user }?.exists
        one.hasUser = known ?? (User("\(one.user)") != nil)
        if known == nil { users.append((one.user, one.hasUser)) }
        hearts.append(one)
      } catch {
        mistakes.append((file.path, error.words))
      }
      let bytes = (try? folder.readFile(file.name.text, atMost: 1024)) ?? nil
      let lines = (bytes ?? []).lines.compactMap { try? Seconds.parse($0) }
      if lines.count == 2, lines[0].count == 1, lines[1].count == 1 {
        twoLines.append((file.path, lines[0][0].wholeSeconds, lines[1][0].wholeSeconds))
      }
    }
    readStarts()
  }

  /// How far back starts are looked for.
  private static let memory: Duration = .seconds(30 * 86_400)

  private mutating func readStarts() {
    let since = Clock.realtime - Configuration.memory
    guard let lines = try? Incident.history(roots, where: { $0.time >= since }), !lines.isEmpty
    else { return }
    let seen = SeenStarts(of: hearts.map { $0.name }, in: lines)
    for index in hearts.indices { hearts[index].starts = seen.starts[index] }
  }

  private mutating func readChain() {
    guard let files = folder("chain")?.files, !files.isEmpty,
      let folder = try? Folder(path: roots.path(of: "chain"))
    else { return }
    for file in files {
      var limit = Link.usualLimit
      do throws(Mistake) { limit = try Link.readLimit(of: file.name, in: folder) } catch {
        mistakes.append((file.path, error.sentence))
      }
      links.append((file.name, limit))
    }
    guard let state = try? StateFolder.toLookAt(roots),
      let chain = try? Chain.look(roots, state, last: nil)
    else { return }
    let now = Moment.now()
    alive = chain.links.filter { $0.isFresh(at: now) }.map { $0.tool }
  }
}

extension [UInt8] {
  /// Whether these bytes stand somewhere in them, and no further letter of a name after them.
  fileprivate func names(_ wanted: [UInt8]) -> Bool {
    indices.contains { start in
      guard self[start...].starts(with: wanted) else { return false }
      let end = start + wanted.count
      return end == count || Name(CollectionOfOne(self[end])) == nil
    }
  }
}

extension Configuration {
  /// Reads that of these folders; where they are the box's own, with what runs the tools there.
  static func ofBox(
    _ roots: Roots, _ around: Outside, seesOutside: Bool = false
  ) throws(Failure) -> Configuration {
    let isOfBox = roots.config.isEqual(to: "/etc/watchdog")
    return try Configuration(
      roots, around, seesOutside: isOfBox || seesOutside,
      runner: isOfBox && around.root.utf8.isEmpty ? 0 : ThisProcess.user)
  }
}
