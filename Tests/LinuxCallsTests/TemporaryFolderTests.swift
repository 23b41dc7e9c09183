import LinuxCalls
import TestSupport
import Testing

@Suite struct TemporaryFolderTests {
  @Test(arguments: [(nil, "/tmp"), ("", "/tmp"), ("/var/tmp", "/var/tmp")])
  func `it is made where it is wanted, or in /tmp`(wish: String?, parent: String) {
    #expect(TemporaryFolder.parent(wish) == parent)
  }

  @Test func `a place in the current directory is found from everywhere`() {
    #expect(TemporaryFolder.parent("mine") == "\(ThisProcess.folder)/mine")
  }

  @Test func `it goes with its owner, and everything in it too`() throws {
    var path = ""
    try withScratch { scratch, _ in
      path = scratch
      try write("x", to: "\(scratch)/file")
      #expect(contents(of: "\(path)/file") == "x")
    }
    #expect(contents(of: "\(path)/file") == nil)
  }
}
