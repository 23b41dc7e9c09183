import Linux
import Watchdog

/// programs/, solutions/ and restart-system: what is run as root.
extension Check {
  mutating func lookAtExecutables() {
    var unseen = 0
    for folder in ["programs", "solutions"] { lookAtExecutables(in: folder, &unseen) }
    lookAtRestartSystem(&unseen)
    if unseen > 0 {
      remark("", "\(unseen) executables cannot be looked at by this user: root can")
    }
  }

  private mutating func lookAtExecutables(in folder: String, _ unseen: inout Int) {
    guard let entries = try? Folder(path: path(of: folder)) else { return }
    let isSafe = lookAtWay(to: folder)
    for (name, _) in names(in: folder) {
      let file = "\(folder)/\(name.text)"
      if !leadsToNeighbour(name, in: entries) { lookAtExecutable(file, isSafe: isSafe, &unseen) }
      if isMarkOnly || hasHeart(name) { continue }
      remark(
        file,
        folder.isEqual(to: "programs")
          ? "it has no heart: it is started at boot, but nobody notices when it hangs or ends"
          : "it has no heart: it is run only when something else marks the problem \(name.text)")
    }
  }

  /// Whether what is in a folder could be run. That is told once, and not once for each executable.
  private mutating func lookAtWay(to folder: String) -> Bool {
    do throws(Failure) {
      try Trust.check(folder: path(of: folder), as: runner)
      return true
    } catch {
      let isTold = findings.mistakes.contains {
        $0.file.isEqual(to: roots.config) || $0.file.isEqual(to: path(of: folder))
      }
      if !isTold { complain(folder, error.sentence, about: .solving) }
      return false
    }
  }

  private func hasHeart(_ name: Name) -> Bool {
    (try? Folder(path: "/").status(of: path(of: "hearts/\(name.text)"))) != nil
  }

  /// Whether it is a link to another name in the same folder, which is looked at itself.
  private func leadsToNeighbour(_ name: Name, in folder: borrowing Folder) -> Bool {
    guard let status = try? folder.status(of: name.text), status.kind == .symbolicLink,
      let target = try? folder.linkTarget(of: name.text), let neighbour = Name(target),
      neighbour != name, let other = try? folder.status(of: neighbour.text)
    else { return false }
    return other.kind == .file
  }

  private mutating func lookAtRestartSystem(_ unseen: inout Int) {
    // Only boxes with check-solutions in their chain, or in what runs the tools, restart anything.
    let isRun = running.isKnown && running.runs("check-solutions")
    guard isRun || links.contains(where: { $0.tool.text.isEqual(to: "check-solutions") }) else {
      return
    }
    if (try? Folder(path: "/").status(of: path(of: "restart-system"))) == nil {
      complain(
        "restart-system",
        "it is missing, so where it should be run the box is rebooted: etc/install --restore puts it back",
        about: .solving)
    } else {
      lookAtExecutable("restart-system", isSafe: lookAtWay(to: ""), &unseen)
    }
  }

  /// - Parameter isSafe: whether the folder that it is in is: else it would only be told of that again.
  private mutating func lookAtExecutable(_ file: String, isSafe: Bool, _ unseen: inout Int) {
    let path = path(of: file)
    do throws(SystemError) {
      _ = try Folder(path: "/").followedStatus(of: path)
    } catch {
      if error == .accessDenied {
        unseen += 1
      } else {
        complain(file, "\(whereItLeads(path))\(error.reason): mend or remove it", about: .solving)
      }
      return
    }
    do throws(Failure) {
      if isSafe {
        try Trust.check(executable: path, as: runner)
      } else if let status = try? Folder(path: "/").status(of: path), status.isWritableByOthers {
        return lookAtMode(file, status, about: .solving)
      }
    } catch {
      let status = try? Folder(path: "/").status(of: path)
      let isClosable =
        status.map { $0.kind == .file && $0.isWritableByOthers && trusts($0.owner) } ?? false
      complain(file, error.sentence, about: .solving, fix: isClosable ? closing(file) : nil)
      return
    }
    do throws(SystemError) {
      let bytes = try Folder(path: "/").openFollowed(path).readStart(atMost: Interpreter.most)
      let interpreter = Interpreter(of: bytes)
      if let mistake = interpreter.mistake(in: path, searching: running.path) {
        complain(file, mistake, about: .solving)
      } else if interpreter == .none {
        remark(file, "it has no interpreter line, so sh runs it: begin it with #!/bin/sh")
      }
    } catch {
      unseen += 1
    }
  }

  /// "it leads to /opt/web: ", where it is a link.
  private func whereItLeads(_ path: String) -> String {
    guard let target = try? Folder(path: "/").linkTarget(of: path) else { return "" }
    return "it leads to \(printable(target)): "
  }
}
