import LinuxCalls
import Watchdog

/// A file that is named on the command line to be written.
enum OutputFile {
  /// Replaces it whole or not at all: a reader sees the old one or the new one. In a folder that others can write
  /// nobody can guess the draft's name, which ends in nothing that a reader of the folder would look for. Not
  /// durably: whatever is written so can be made again.
  static func write(_ text: String, to path: String) throws(Failure) {
    try write(to: path) { file throws(SystemError) in
      try FileOutput.write(Array(text.utf8), to: file)
    }
  }

  /// As above, for what is too much to be held at once.
  ///
  /// - Parameter fill: writes it into the open file of this number.
  static func write(
    to path: String, _ fill: (Int32) throws(SystemError) -> Void
  ) throws(Failure) {
    let (parent, name) = path.folderAndName
    guard !name.utf8.isEmpty, !name.isEqual(to: "."), !name.isEqual(to: "..") else {
      throw Failure(.usage, "unable to write \"\(path.printable)\": that names no file")
    }
    let kind = try attempt(to: "write \(path.printable)") {
      () throws(SystemError) -> FileStatus.Kind? in
      let folder = try Folder(path: parent)
      if let status = try folder.statusIfThere(of: name), status.kind != .file {
        return status.kind
      }
      let draft = ".\(try randomName())"
      let file = try folder.makeDraft(draft) { (file) throws(SystemError) in
        try fill(file.number)
      }
      try folder.publish(file, draft, as: name, in: folder, durably: false)
      return nil
    }
    // A device or a link is not to be replaced by a text.
    if let kind {
      throw Failure(
        .cannotCreate,
        "unable to write \(path.printable): \(kind.words) has that name: name a file")
    }
  }
}
