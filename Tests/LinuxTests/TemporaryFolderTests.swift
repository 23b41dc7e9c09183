import Linux
import TestSupport
import Testing

@Suite struct TemporaryFolderTests {
  @Test(arguments: [(nil, "/tmp"), ("", "/tmp"), ("/var/tmp", "/var/tmp")])
  func itIsMadeWhereItIsWantedOrInTmp(wish: String?, parent: String) {
    #expect(TemporaryFolder.parent(wish) == parent)
  }

  @Test func aPlaceInTheCurrentFolderIsFoundFromEverywhere() {
    #expect(TemporaryFolder.parent("mine") == "\(ThisProcess.folder)/mine")
  }

  @Test func itGoesWithItsOwnerAndWhatIsInItToo() throws {
    var path = ""
    try withScratch { scratch, _ in
      path = scratch
      try write("x", to: "\(scratch)/file")
      #expect(contents(of: "\(path)/file") == "x")
    }
    #expect(contents(of: "\(path)/file") == nil)
  }
}
