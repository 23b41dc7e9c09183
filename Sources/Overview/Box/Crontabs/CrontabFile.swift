import LinuxCalls
import Watchdog

/// A crontab of this box in which the chain is run.
struct CrontabFile {
  let path: String
  /// Where it is, for --fix.
  let folder: String
  let name: String
  /// Whether its lines name a user.
  var hasUsers = true
  /// Whether cron asks whose it is, and who may write to it. The others belong to the users that wrote them.
  var isGuarded = true
  /// Whether its name is one that cron reads.
  var isRead = true
  /// Whether another file is there in its place.
  var hasCounterpart = false
  /// Of the file itself, links followed.
  var status: FileStatus?
  var crontab = Crontab()
  /// The last parts of all words that stand in no comment.
  var mentions: [String] = []
  /// The programs of ours that its lines call.
  var calls: [Called] = []

  /// A program that a line calls.
  struct Called {
    let line: Int
    let word: String
    /// PATH there.
    let path: String
    /// Whether it is there.
    var isThere = true
    /// Why it must not be run; nil when it may.
    var distrust: String?
  }

  /// What is run of this box's own chain.
  var jobs: [Crontab.Job] { crontab.jobs.filter { !$0.isMoved } }

  private static let largest = 1 << 20

  /// All crontabs that are about this chain.
  static func all(_ around: Outside, runner: UInt32) -> [CrontabFile] {
    var files: [CrontabFile] = []
    for var file in places(around) {
      guard let status = try? FileStatus.following(file.path), status.kind == .file,
        !files.contains(where: { $0.status?.isSame(as: status) ?? false }),
        let bytes = try? Folder(path: "/").openFollowed(file.path).readStart(atMost: largest)
      else { continue }
      file.status = status
      file.crontab = Crontab(bytes, hasUsers: file.hasUsers)
      file.mentions = words(of: bytes)
      guard file.isOurs else { continue }
      file.lookAtCalls(around, runner: runner)
      files.append(file)
    }
    return files
  }

  /// Where cron looks, in the order in which it is told of them.
  private static func places(_ around: Outside) -> [CrontabFile] {
    let folder = around.path("/etc/cron.d")
    var places: [CrontabFile] = []
    // Hidden ones are on their way to be a crontab, or away from it.
    for name in around.names(in: "/etc/cron.d") where name.utf8.first != .dot {
      var file = CrontabFile(path: "\(folder)/\(name)", folder: folder, name: name)
      let stem = name.utf8.prefix { Name(CollectionOfOne($0)) != nil }
      file.isRead = Name(name) != nil
      file.hasCounterpart =
        !stem.isEmpty
        && around.exists("/etc/cron.d/\(stem.text)")
      places.append(file)
    }
    let etc = around.path("/etc")
    places.append(CrontabFile(path: "\(etc)/crontab", folder: etc, name: "crontab"))
    for name in ["/var/spool/cron/crontabs", "/var/spool/cron", "/etc/crontabs"] {
      let folder = around.path(name)
      places.append(
        CrontabFile(
          path: "\(folder)/root", folder: folder, name: "root", hasUsers: false, isGuarded: false))
    }
    return places
  }

  /// Whether it runs any of our tools, or would if it could be understood.
  private var isOurs: Bool {
    let runsTools = crontab.jobs.contains { job in
      job.commands.contains { command in
        Tools.all.has(command.program)
          || (command.program.isEqual(to: "root") && command.words.contains { Tools.all.has($0) })
      }
    }
    return runsTools || !crontab.bare.isEmpty && mentions.contains { Tools.own.has($0) }
  }

  /// Whether what it calls is there, and may be run.
  private mutating func lookAtCalls(_ around: Outside, runner: UInt32) {
    for job in jobs {
      for command in job.commands where Tools.all.has(command.program) {
        let program = call(command.words[0], job, around, runner)
        guard Tool.eachSecond.isNamed(command.program) else { continue }
        for tool in command.operands {
          // Beside each-second first, as it looks itself.
          let beside = program.map { "\($0.folderAndName.folder)/\(tool)" }
          let isBeside = beside.map { (try? FileStatus.following($0)) != nil } ?? false
          if !isBeside { _ = call(tool, job, around, runner) }
        }
      }
    }
  }

  /// - Returns: where it is; nil when it is not there.
  private mutating func call(
    _ word: String, _ job: Crontab.Job, _ around: Outside, _ runner: UInt32
  ) -> String? {
    var call = Called(line: job.line, word: word, path: job.path)
    let found =
      !word.utf8.contains(.slash)
      ? around.find(word, in: job.path) : around.exists(word) ? around.path(word) : nil
    call.isThere = found != nil
    if let found { call.distrust = sentence(try Trust.check(executable: found, as: runner)) }
    calls.append(call)
    return found
  }

  /// The last parts of all words that stand in no comment.
  static func words(of bytes: [UInt8]) -> [String] {
    var words: [String] = []
    for line in bytes.lines where line.first(where: { $0 > 0x20 }) != UInt8(ascii: "#") {
      words += line.split { $0 <= 0x20 || "\"'`;&|()<>=$".utf8.contains($0) }.map {
        $0.text.lastPathPart
      }
    }
    return words
  }
}
