import Linux
import Rules
import Watchdog

extension Configuration {
  /// The settings that are words. Each can stand in of/NAME too.
  static let words = [Settings.lastStepFile, Settings.endSignalFile, Settings.spareFile]

  /// Reads all of it.
  init(_ roots: Roots, _ around: Surroundings, seesOutside: Bool, runner: UInt32) throws(Failure) {
    self.init(roots: roots, around: around, seesOutside: seesOutside, runner: runner)
    isRoot = ThisProcess.user == 0
    for name in [""] + ConfigFolder.known + [ConfigFolder.available] {
      folders.append(ConfigFolder(name, roots))
    }
    let settings = try Settings(roots)
    for index in folders.indices where folders[index].obstacle == nil {
      guard ["", "programs", "solutions"].has(folders[index].name) else { continue }
      let path = roots.path(of: folders[index].name)
      folders[index].distrust = sentence { () throws(Failure) in
        try Trust.check(folder: path, as: runner)
      }
    }
    readSettings(settings)
    readOwnSettings(settings)
    readHearts()
    readChain()
    problems = names(in: "\(roots.state)/problems")
    device = ConfiguredDevice(path: (try? settings.device()) ?? Settings.usualDevice, around)
    if seesOutside {
      crontabs = CrontabFile.all(around, runner: runner)
      services = Services(around)
      running = Running(crontabs, services)
    }
    readExecutables()
  }

  /// What a failure says; nil where there is none.
  private func sentence(_ body: () throws(Failure) -> Void) -> String? {
    do throws(Failure) { try body() } catch { return error.sentence }
    return nil
  }

  /// What reading a file says begins with its path, as ours does.
  private mutating func note(_ file: String, _ failure: Failure) {
    let prefix = Array("\(roots.path(of: file)): ".utf8)
    let sentence = failure.sentence.utf8
    let rest = sentence.dropFirst(sentence.starts(with: prefix) ? prefix.count : 0)
    mistakes.append((file, String(decoding: Array(rest), as: UTF8.self)))
  }

  private mutating func readSettings(_ settings: borrowing Settings) {
    for setting in Setting.all {
      do throws(Failure) { numbers.set(setting, try settings.read(setting)) } catch {
        note("\(setting.name)", error)
      }
    }
    do throws(Failure) { lastStep = try settings.lastStep(for: nil) } catch {
      note(Settings.lastStepFile, error)
    }
    do throws(Failure) { _ = try settings.endSignal(for: nil) } catch {
      note(Settings.endSignalFile, error)
    }
    do throws(Failure) { _ = try settings.spared(for: nil) } catch {
      note(Settings.spareFile, error)
    }
    do throws(Failure) { _ = try settings.device() } catch {
      note("device", error)
    }
    // The feeder reads the first line of the file device. A second one that is no comment was meant to count.
    let bytes = (try? Folder(path: roots.config).readFile("device", atMost: 4096)) ?? nil
    secondDevice = (bytes ?? []).split(separator: 0x0A, omittingEmptySubsequences: false)
      .dropFirst().first { line in
        line.first { $0 > 0x20 }.map { $0 != UInt8(ascii: "#") } ?? false
      }.map { Array($0) }
  }

  private mutating func readOwnSettings(_ settings: borrowing Settings) {
    for file in folder("of")?.files ?? [] {
      let folder = ConfigFolder(file.path, roots)
      folders.append(folder)
      if folder.obstacle != nil { continue }
      var found = OwnSettings(name: file.name)
      for entry in folder.files {
        do throws(Failure) {
          let setting = Setting.all.first { "\($0.name)".isEqual(to: entry.name.text) }
          if let setting, setting.isPerHeart {
            found.numbers.set(setting, try settings.read(setting, for: file.name))
          } else if entry.name.text.isEqual(to: Settings.lastStepFile) {
            found.lastStep = try settings.lastStep(for: file.name)
          } else if entry.name.text.isEqual(to: Settings.endSignalFile) {
            _ = try settings.endSignal(for: file.name)
          } else if entry.name.text.isEqual(to: Settings.spareFile) {
            _ = try settings.spared(for: file.name)
          }
        } catch {
          note(entry.path, error)
        }
      }
      own.append(found)
    }
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
        let known = users.first { $0.id == heart.owner }?.exists
        let exists = known ?? (User("\(heart.owner)") != nil)
        if known == nil { users.append((heart.owner, exists)) }
        hearts.append(ConfiguredHeart(name: file.name, heart: heart, hasUser: exists))
      } catch {
        mistakes.append((file.path, error.words))
      }
      let bytes = (try? folder.readFile(file.name.text, atMost: 1024)) ?? nil
      let lines = (bytes ?? []).split(separator: 0x0A).compactMap { try? Seconds.parse(Array($0)) }
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
    guard let lines = try? Incident.history(roots, since: since), !lines.isEmpty else { return }
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
    let state = try? StateFolder.toLookAt(roots)
    switch state {
    case .some(let state):
      let now = Moment.now()
      let chain = try? Chain.look(roots, state, last: nil)
      alive = (chain?.links ?? []).filter { $0.isFresh(at: now) }.map { $0.tool }
    case .none: break
    }
  }
}

extension ConfiguredDevice {
  /// Looks at it.
  init(path: String, _ around: Surroundings) {
    let status = try? Folder(path: "/").followedStatus(of: path)
    kind = status?.kind
    self.path = path
    let node = status?.kind == .characterDevice ? status?.node : nil
    description = node.flatMap { WatchdogDevice.describe($0, system: around.path("/sys")) }
  }
}

extension Configuration {
  /// Reads that of these folders; where they are the box's own, with what runs the tools there.
  static func ofBox(
    _ roots: Roots, _ around: Surroundings, seesOutside: Bool = false
  ) throws(Failure) -> Configuration {
    let isOfBox = roots.config.isEqual(to: "/etc/watchdog")
    return try Configuration(
      roots, around, seesOutside: isOfBox || seesOutside,
      runner: isOfBox && around.root.utf8.isEmpty ? 0 : ThisProcess.user)
  }
}
