import LinuxCalls
import Testing

@testable import Watchdog

@Suite struct SystemdWatchdogTests {
  private func read(_ files: String...) -> SystemdWatchdog {
    SystemdWatchdog(files.enumerated().map { ("file\($0)", Array($1.utf8)) })
  }

  @Test func `what Debian ships does not feed`() {
    #expect(read("[Manager]\n#RuntimeWatchdogSec=off\n#WatchdogDevice=\n").runtime == nil)
    #expect(read().runtime == nil)
  }

  @Test(arguments: ["0", "off", "", " 0s "])
  func `off is off`(value: String) {
    #expect(read("[Manager]\nRuntimeWatchdogSec=\(value)\n").runtime == nil)
  }

  @Test func `a time makes systemd feed`() {
    let found = read("[Manager]\n RuntimeWatchdogSec = 20s \r\nWatchdogDevice=/dev/watchdog1")
    #expect(found.runtime == "20s" && found.device == "/dev/watchdog1" && found.file == "file0")
    #expect(read("[Manager]\nRuntimeWatchdogSec=default").runtime == "default")
  }

  @Test func `the last file counts`() {
    let off = "[Manager]\nRuntimeWatchdogSec=off\n"
    let on = "[Manager]\nRuntimeWatchdogSec=30\n"
    #expect(read(on, off).runtime == nil)
    #expect(read(off, on).runtime == "30" && read(off, on).file == "file1")
  }

  @Test func `other sections and comments do not count`() {
    #expect(read("RuntimeWatchdogSec=5\n[Unit]\nRuntimeWatchdogSec=5\n").runtime == nil)
    #expect(read("[Manager]\n;RuntimeWatchdogSec=5\nXRuntimeWatchdogSec=5\n=\n").runtime == nil)
  }

  @Test func `hostile values are fit to be printed`() {
    #expect(read("[Manager]\nRuntimeWatchdogSec=\u{1B}[2J").runtime == "\\x1b[2J")
  }
}
