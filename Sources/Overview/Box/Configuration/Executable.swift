import LinuxCalls
import Watchdog

/// programs/NAME, solutions/NAME or restart-system: what is run as root.
struct Executable {
  /// Below the configuration.
  let file: String
  /// What it is for; nil for restart-system.
  var name: Name?
  /// Whether it is no program and no solution, so that nobody expects a heart for it.
  var isAside = false
  /// Why it cannot be run, or must not be; nil when it can.
  var mistake: String?
  /// Whether only the rights of others are in the way, which can be taken from them.
  var isOpenToOthers = false
  /// Whether nothing in it says what runs it.
  var hasNoInterpreter = false
  /// Whether this user may not look at it.
  var isUnseen = false
}

extension Configuration {
  mutating func readExecutables() {
    for folder in folders where ["programs", "solutions"].has(folder.name) {
      guard let entries = try? Folder(path: roots.path(of: folder.name)) else { continue }
      for file in folder.files {
        // A link to another name in the same folder, which is looked at itself.
        if leadsToNeighbour(file, in: entries) {
          executables.append(Executable(file: file.path, name: file.name))
        } else {
          executables.append(executable(file.path, file.name, in: folder))
        }
      }
    }
    for folder in folders {
      let isOfName = folder.name.utf8.starts(with: "of/".utf8)
      for file in folder.files where Configuration.isAside(file, in: folder, isOfName: isOfName) {
        var found = executable(file.path, file.name, in: folder)
        found.isAside = true
        executables.append(found)
      }
    }
    if let top = folder(""), top.files.contains(where: { $0.path.isEqual(to: "restart-system") }) {
      executables.append(executable("restart-system", nil, in: top))
    }
  }

  /// The executable in of/NAME.
  static let evidence = "evidence"
  /// Those beside restart-system, each optional.
  static let executables = [Tell.file, Acceptance.file, Acceptance.rollBackFile]

  private static func isAside(
    _ file: ConfigFile, in folder: ConfigFolder, isOfName: Bool
  ) -> Bool {
    if folder.name.utf8.isEmpty { return executables.has(file.path) }
    return isOfName ? file.name.text.isEqual(to: evidence) : folder.name.isEqual(to: "detectors")
  }

  private func leadsToNeighbour(_ file: ConfigFile, in folder: borrowing Folder) -> Bool {
    guard file.status?.kind == .symbolicLink,
      let target = try? folder.linkTarget(of: file.name.text), let neighbour = Name(target),
      neighbour != file.name, let other = try? folder.status(of: neighbour.text)
    else { return false }
    return other.kind == .file
  }

  private func executable(_ file: String, _ name: Name?, in folder: ConfigFolder) -> Executable {
    var found = Executable(file: file, name: name)
    let path = roots.path(of: file)
    let status = try? FileStatus.at(path)
    do throws(SystemError) { _ = try FileStatus.following(path) } catch {
      found.isUnseen = error == .accessDenied
      if !found.isUnseen {
        found.mistake = "\(whereItLeads(path))\(error.reason): mend or remove it"
      }
      return found
    }
    let isOpen = status.map { $0.kind == .file && $0.isWritableByOthers } ?? false
    // Where the folder is distrusted that would only be told again for each.
    if folder.distrust != nil {
      if isOpen {
        found.mistake = "others can write to it: chmod go-w \(path)"
        found.isOpenToOthers = true
        return found
      }
    } else {
      found.mistake = sentence(try Trust.check(executable: path, as: runner))
      if found.mistake != nil {
        found.isOpenToOthers = isOpen && trusts(status?.owner ?? 0)
        return found
      }
    }
    do throws(SystemError) {
      let bytes = try Folder(path: "/").openFollowed(path).readStart(atMost: Interpreter.most)
      let interpreter = Interpreter(of: bytes)
      found.mistake = interpreter.mistake(in: path, searching: running.path)
      found.hasNoInterpreter = interpreter.isNone
    } catch {
      found.isUnseen = true
    }
    return found
  }

  /// "it leads to /opt/web: ", where it is a link.
  private func whereItLeads(_ path: String) -> String {
    guard let target = try? Folder(path: "/").linkTarget(of: path) else { return "" }
    return "it leads to \(printable(target)): "
  }
}
