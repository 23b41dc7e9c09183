import LinuxCalls
import Watchdog

/// A directory of the configuration, as it lies there.
struct ConfigFolder {
  /// Below the configuration: "hearts"; empty for the configuration itself.
  let name: String
  var status: FileStatus?
  /// Why it could not be read; nil when it could.
  var obstacle: SystemError?
  /// What has a name that tools read, sorted.
  var files: [ConfigFile] = []
  /// The names that no tool reads, and that somebody may have meant to be read.
  var others: [[UInt8]] = []
  /// Why nothing in it may be run; nil when it may, or nobody asked.
  var distrust: String?

  static let known = ["hearts", "chain", "programs", "solutions", "of", "detectors"]
  /// Beside them, and read only where something links to it.
  static let available = [
    "solutions.available", "detectors.available", "tell.available", "boot-good.available",
  ]
}

extension ConfigFolder {
  /// Reads it.
  init(_ name: String, _ roots: Roots) {
    self.name = name
    do throws(SystemError) {
      let folder = try Folder(path: roots.path(of: name))
      status = try folder.status()
      try folder.forEachEntry(onSystemError: { $0 }) { entry throws(SystemError) in
        if let own = Name(entry.bytes) {
          let path = name.utf8.isEmpty ? own.text : "\(name)/\(own.text)"
          files.append(ConfigFile(path: path, name: own, kind: entry.kind))
        } else if !ConfigFolder.isNoName(entry.bytes) {
          others.append(Array(entry.bytes))
        }
      }
      for index in files.indices {
        files[index].status = try? folder.status(of: files[index].name.text)
      }
    } catch {
      obstacle = error
    }
    files.sort { $0.name < $1.name }
  }

  /// Whether something in it is called so.
  func has(_ name: Name) -> Bool { files.index(of: name) { $0.name } != nil }

  /// What nobody takes for the name of something: hidden files, and what etc/install puts there.
  private static func isNoName(_ name: UnsafeRawBufferPointer) -> Bool {
    name.first == .dot || name.suffix(8).elementsEqual(".example".utf8)
      || (available + ["crontab.new", "crontab.old"]).contains { name.elementsEqual($0.utf8) }
  }
}

/// A file of the configuration.
struct ConfigFile {
  /// Below the configuration: "hearts/web".
  let path: String
  let name: Name
  var kind: FileStatus.Kind?
  var status: FileStatus?
}

extension Roots {
  /// The path of a file of the configuration; empty for the directory itself.
  func path(of file: String) -> String {
    if file.utf8.first == .slash { return file }
    return file.utf8.isEmpty ? config : "\(config)/\(file)"
  }
}

/// What a failure says; nil where there is none.
func sentence(_ work: @autoclosure () throws(Failure) -> Void) -> String? {
  do throws(Failure) { try work() } catch { return error.sentence }
  return nil
}
