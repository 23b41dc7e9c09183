import LinuxCalls
import Watchdog

/// All processes of the box, as everybody may see them.
struct Processes {
  private(set) var all: [ProcessStatus] = []

  /// Looks once.
  static func look() -> Processes {
    var processes = Processes()
    guard let table = try? ProcessTable() else { return processes }
    try? table.forEachProcess { pid throws(SystemError) in
      // One of the kernel's threads is called watchdogd.
      guard let status = try table.status(of: pid), !status.isDead, !status.isKernelThread else {
        return
      }
      processes.all.append(status)
    }
    return processes
  }

  /// Those whose program has one of these names, and which run as root on this box: any user can call a program so, and
  /// so can a container.
  func ofRoot(named names: [String]) -> [ProcessStatus] {
    guard let table = try? ProcessTable() else { return [] }
    let own = table.namespace(of: ThisProcess.pid)
    return named(names).filter { process in
      let users = table.users(of: process.identity.pid)
      // Whose namespace cannot be seen is taken to be in ours.
      let space = table.namespace(of: process.identity.pid) ?? own
      return !users.isEmpty && users.allSatisfy { $0 == 0 } && space == own
    }
  }

  /// Those whose program has one of these names, of which the kernel keeps 15 bytes.
  func named(_ names: [String]) -> [ProcessStatus] {
    all.filter { process in
      names.contains { process.command.elementsEqual($0.utf8.prefix(15)) }
    }
  }
}
