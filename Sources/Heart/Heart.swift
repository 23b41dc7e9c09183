import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Android)
import Android
#elseif canImport(Darwin)
import Darwin
#else
#error("Heart is for Linux (glibc, musl, Android) and macOS")
#endif

/// The heart of a program: a file that the program touches to say that its work goes on.
///
///     let heart = Heart("web")
///     while let request = next() {
///       answer(request)
///       heart.beat()
///     }
///
/// If /etc/watchdog/hearts/web says that *web* beats every 30 seconds, it is reported when it does not, and
/// `solve-problems` starts it again. The directory of beats is found as the tools find it: WATCHDOG_STATE, else
/// /run/watchdog, and in it `beats`. On a system without that directory (a box without watchdog-chain, a laptop with
/// macOS) a beat does nothing, and nothing is logged.
///
/// **A beat must come from what it vouches for.** There is no thread here that beats by itself, and there
/// must be none: it would go on to beat while the event loop is blocked, the main actor is deadlocked and
/// every worker hangs, and so prove only that the process exists, which the kernel knows better. Beat where a
/// round of work is done (`beat`, `round`, `Heart.Round`), or on the very actor whose blocking you want to be
/// noticed (`beating(every:)`).
///
/// A program has as many hearts as it has things that can stop apart from each other; each has its own file
/// and its own limit. All may be used from any thread. A beat is one system call on a tmpfs, and never waits.
public final class Heart: Sendable {
  /// Which heart it is.
  public let name: String
  /// Whether the name is one: letters, digits, `_` and `-`. With another one no beat does anything.
  public let isNamed: Bool
  /// How long it may be between two beats; nil when nobody promised anything.
  public let limit: Duration?

  /// beats/NAME, as the kernel wants it, so that a beat allocates nothing.
  private let path: BeatPath
  /// The directory that it is in.
  private let folder: BeatPath
  /// CLOCK_MONOTONIC of the last beat, in nanoseconds; 0 before the first.
  private let lastBeat = Atomic<Int64>(0)
  /// The errno of the failure that was logged last; 0 when the last beat succeeded.
  private let logged = Atomic<Int32>(0)
  let log: @Sendable (String) -> Void

  /// The heart of this name. Nothing can go wrong here: that there is none shows when it beats. A name that cannot
  /// be one is logged now.
  ///
  /// - Parameters:
  ///   - name: letters, digits, `_` and `-`.
  ///   - limit: how long it may be between two beats before `beat` says that it is late. Left out, it is what
  ///     hearts/NAME in WATCHDOG_CONFIG, else in /etc/watchdog, says now, where that can be read.
  ///   - log: told, once and not at each beat, that beats began to fail and why, and that they succeed again.
  ///     Left out, it is a line on standard error.
  public init(
    _ name: String, limit: Duration? = nil,
    log: @escaping @Sendable (String) -> Void = Heart.logOnStandardError
  ) {
    self.name = name
    isNamed = Heart.isName(name)
    self.limit = limit ?? (isNamed ? Heart.promisedLimit(of: name) : nil)
    self.log = log
    folder = BeatPath("\(Heart.root("WATCHDOG_STATE", else: "/run/watchdog"))/beats")
    path = BeatPath("\(Heart.root("WATCHDOG_STATE", else: "/run/watchdog"))/beats/\(name)")
    if !isNamed {
      log("heart \"\(name)\": that is no name of a heart: letters, digits, _ and - are allowed")
    }
  }

  /// Beats: dates the file of the heart with the present. One system call, and no waiting: the file is on a
  /// tmpfs. The corresponding C function is `utimensat`.
  ///
  /// - Returns: what became of it. To pass it over is right: what went wrong has been logged, once.
  @discardableResult
  public func beat() -> Beat {
    guard isNamed else { return .wrongName }
    guard path.touch() else { return failed(errno) }
    if logged.exchange(0, ordering: .relaxed) != 0 { log("heart \(name): beats again") }
    let now = Heart.now()
    let before = lastBeat.exchange(now, ordering: .relaxed)
    guard let limit, before > 0 else { return .beaten }
    let over = Duration.nanoseconds(now - before) - limit
    return over > .zero ? .late(by: over) : .beaten
  }

  /// Does a round of work and beats when it was completed; one that throws does not count.
  public func round<Value, Failure: Error>(
    _ work: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let value = try work()
    beat()
    return value
  }

  /// Does a round of work that waits for others, on the actor that this is called from, and beats when it was
  /// completed. One that throws, or never comes back, does not count.
  public func round<Value, Failure: Error>(
    isolation: isolated (any Actor)? = #isolation,
    _ work: () async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let value = try await work()
    beat()
    return value
  }

  /// Writes a line on standard error.
  public static let logOnStandardError: @Sendable (String) -> Void = { line in
    let bytes = Array("\(line)\n".utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  private func failed(_ number: Int32) -> Beat {
    let (beat, why): (Beat, String) =
      switch number {
      case ENOENT, ENOTDIR:
        (.missing, "there is no \(path.text): write hearts/\(name)")
      case EACCES, EPERM, EROFS:
        (.notPermitted, "\(path.text) belongs to another user: chown hearts/\(name)")
      default:
        (.failed(number), "\(path.text): \(String(cString: strerror(number)))")
      }
    // Without the directory nobody watches here, and that is as it should be.
    if beat == .missing, !folder.isThere { return beat }
    if logged.exchange(number, ordering: .relaxed) != number {
      log("heart \(name): unable to beat: \(why)")
    }
    return beat
  }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

extension Heart {
  /// Whether a file of this name would be a heart's, as the tools see it.
  static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 200
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  /// A directory of the tools: where the environment says, else where it usually is.
  static func root(_ variable: String, else usual: String) -> String {
    guard let value = getenv(variable), value.pointee != 0 else { return usual }
    return String(cString: value)
  }

  /// The first number of hearts/NAME, in seconds.
  private static func promisedLimit(of name: String) -> Duration? {
    let path = "\(root("WATCHDOG_CONFIG", else: "/etc/watchdog"))/hearts/\(name)"
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(file, &buffer, buffer.count)
    guard count > 0 else { return nil }
    return limit(parsing: String(decoding: buffer[..<count], as: UTF8.self))
  }

  /// The first number of a heart file; what stands after `#` is a comment.
  static func limit(parsing text: String) -> Duration? {
    for line in text.split(separator: "\n") {
      let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
      if let word = words.first {
        return Int64(word).flatMap { $0 > 0 ? .seconds($0) : nil }
      }
    }
    return nil
  }
}

/// A path that ends in a zero byte and stays where it is in memory.
private struct BeatPath: ~Copyable, @unchecked Sendable {
  // Written once, here, and only read from then on: hence Sendable.
  private let bytes: UnsafeMutablePointer<CChar>

  init(_ path: String) {
    let text = path.utf8CString
    bytes = .allocate(capacity: text.count)
    for (index, byte) in text.enumerated() { (bytes + index).initialize(to: byte) }
  }

  deinit { bytes.deallocate() }

  var text: String { String(cString: bytes) }

  var isThere: Bool { access(bytes, F_OK) == 0 }

  borrowing func touch() -> Bool { utimensat(AT_FDCWD, bytes, nil, AT_SYMLINK_NOFOLLOW) == 0 }
}
