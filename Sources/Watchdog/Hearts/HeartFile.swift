import LinuxCalls
import Rules

extension Heart {
  /// The largest hearts/NAME that is read, in bytes: two numbers and a comment.
  static let largestFile = 1024

  /// Reads hearts/NAME: a number of seconds that a beat may be late, and (optional) a number of seconds
  /// from a start to the first beat.
  public init(parsing bytes: [UInt8], owner: UInt32, given: Duration) throws(Mistake) {
    let numbers = try Seconds.parse(bytes)
    guard numbers.count <= 2 else {
      throw Mistake("it holds \(numbers.count) numbers: write one, or two, such as 30 120")
    }
    self.init(
      limit: numbers[0], startLimit: numbers.last ?? numbers[0], owner: owner, given: given)
  }

  /// Why there is no heart to be had from a file.
  public enum Unreadable: Error {
    /// It is gone.
    case notThere
    /// The administrator wrote it wrong. It was dated then.
    case mistake(Mistake, written: Duration)
    /// The file system failed.
    case failed(SystemError)
  }

  /// Reads the heart `name`. It takes four system calls: open, fstat, read, close.
  ///
  /// - Parameter kind: what the folder said that it is; nil where the file system does not say.
  public static func read(
    _ name: Name, kind: FileStatus.Kind?, in hearts: borrowing Folder
  ) throws(Unreadable) -> Heart {
    let kind = if let kind { kind } else { try Unreadable.from(hearts.status(of: name.text)).kind }
    // A device or a FIFO must not even be opened.
    guard kind == .file else {
      let status = try Unreadable.from(hearts.status(of: name.text))
      throw .mistake(Mistake("it is \(kind.words): a heart is a file"), written: status.modified)
    }
    let file = try Unreadable.from(hearts.openToRead(name.text))
    let status = try Unreadable.from(file.status())
    guard status.size <= Int64(largestFile) else {
      throw .mistake(
        Mistake("it is \(status.size) bytes long: at most \(largestFile)"), written: status.modified
      )
    }
    let bytes = try Unreadable.from(file.readStart(atMost: largestFile))
    do throws(Mistake) {
      // A file that is moved or copied here, or given to somebody, keeps its old date: it counts from now on all the same.
      return try Heart(
        parsing: bytes, owner: status.owner, given: max(status.modified, status.changed))
    } catch {
      throw .mistake(error, written: status.modified)
    }
  }
}

extension Heart.Unreadable {
  fileprivate static func from<Value: ~Copyable>(
    _ call: @autoclosure () throws(SystemError) -> Value
  ) throws(Heart.Unreadable) -> Value {
    do throws(SystemError) {
      return try call()
    } catch {
      throw error == .noSuchFile ? .notThere : .failed(error)
    }
  }
}

extension Roots {
  /// Reads the heart `name`, where one alone is looked at.
  public func heart(_ name: Name) throws(Heart.Unreadable) -> Heart {
    let hearts: Folder
    do throws(SystemError) {
      hearts = try Folder(path: "\(config)/hearts")
    } catch {
      // Whether the heart is there cannot be told.
      throw .failed(error)
    }
    return try Heart.read(name, kind: nil, in: hearts)
  }
}
