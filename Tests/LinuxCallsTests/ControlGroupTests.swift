import TestSupport
import Testing

@testable import LinuxCalls

@Suite struct ControlGroupTests {
  static let groups: [(String, path: String?)] = [
    ("0::/\n", "/"), ("0::/system.slice/cron.service\n", "/system.slice/cron.service"),
    ("0::/a", "/a"),
    ("9:name=systemd:/x\n4:memory:/y\n0::/z\n", "/z"), ("0::/z\n4:memory:/y\n", "/z"),
    ("0::/a:b c\n", "/a:b c"), ("0::/../other\n", "/../other"),
    ("", nil), ("\n", nil), ("4:memory:/y\n", nil), ("10::/y\n", nil), ("0:memory:/y\n", nil),
    ("garbage", nil),
  ]

  @Test(arguments: groups)
  func `the version 2 group is the one without controllers`(text: String, path: String?) {
    #expect(ControlGroup(parsing: Array(text.utf8))?.path == path)
  }

  @Test func `what the kernel killed for want of memory is known by its events`() {
    let events = "low 0\nhigh 12\nmax 3\noom 1\noom_kill 0\noom_group_kill 0\n"
    #expect(!ControlGroup.ranOutOfMemory(Array(events.utf8)))
    #expect(ControlGroup.ranOutOfMemory(Array(events.replacing("kill 0", with: "kill 2").utf8)))
    #expect(!ControlGroup.ranOutOfMemory([]))
  }

  static let families: [(String, child: String, parent: String)] = [
    ("/", "/x", "/"), ("/a", "/a/x", "/"), ("/a/b", "/a/b/x", "/a"), ("/a/b/c", "/a/b/c/x", "/a/b"),
  ]

  @Test(arguments: families)
  func `a group has children and a parent`(path: String, child: String, parent: String) {
    #expect(ControlGroup(path: path).child("x").path == child)
    #expect(ControlGroup(path: path).parent.path == parent)
    #expect(ControlGroup(path: path).child("x").parent.path == path)
  }
}

@Suite struct ControlGroupMountTests {
  static let tables: [(String, point: String?, root: String?)] = [
    (
      "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
      "/sys/fs/cgroup", "/"
    ),
    ("30 23 0:26 / /sys/fs/cgroup rw - cgroup2 none rw\n", "/sys/fs/cgroup", "/"),
    (
      """
      22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
      25 22 0:23 / /sys/fs/cgroup rw shared:5 master:6 - tmpfs tmpfs rw
      26 25 0:24 / /sys/fs/cgroup/cpu rw shared:7 - cgroup cgroup rw,cpu
      27 25 0:25 /docker/abc /sys/fs/cgroup/unified rw a:1 b:2 c:3 - cgroup2 cgroup rw

      """, "/sys/fs/cgroup/unified", "/docker/abc"
    ),
    ("26 25 0:24 / /cgroup2 rw - cgroup cgroup2 rw\n", nil, nil),
    ("26 25 0:24 / /x rw shared:7\n", nil, nil), ("26 25 0:24 / /x rw shared:7 -\n", nil, nil),
    ("- cgroup2 a b c d e f\n", nil, nil), ("", nil, nil), ("garbage\n\n - \n", nil, nil),
  ]

  @Test(arguments: tables)
  func `it is found in the table of mounts`(table: String, point: String?, root: String?) {
    let mount = ControlGroup.Mount.find(in: Array(table.utf8))
    #expect(mount?.point == point)
    #expect(mount?.root == root)
  }

  static let places: [(root: String, group: String, place: String?)] = [
    ("/", "/a/b", "/cg/a/b"), ("/", "/", "/cg/"),
    ("/docker/abc", "/docker/abc/web", "/cg/web"), ("/docker/abc", "/docker/abc", "/cg"),
    ("/docker/abc", "/docker", nil), ("/docker/abc", "/", nil), ("/docker/abc", "/web", nil),
    // It only begins with the same letters.
    ("/docker/abc", "/docker/abcd", nil), ("/docker/abc", "/docker/abcd/web", nil),
  ]

  @Test(arguments: places)
  func `a group has a place where it is mounted`(root: String, group: String, place: String?) {
    let mount = ControlGroup.Mount(point: "/cg", root: root)
    #expect(mount.place(of: ControlGroup(path: group)) == place)
  }

  /// Ordinary files are read as those of the kernel are.
  @Test func `processes in groups of a name are found at any depth`() throws {
    try withScratch { path, folder in
      let groups = [
        ("", "1\n"), ("a", "2\n"), ("wanted", "3\n0\n4\n"), ("wanted/web", "5\n"),
        ("a/wanted", ""), ("a/wanted/db", "6\n"), ("a/wanted/db/deep", "7\n"),
        ("wanted2", "8\n"), ("unwanted", "9\n"),
      ]
      for (group, processes) in groups {
        if !group.isEmpty { try folder.makeFolder(group) }
        try write(processes, to: "\(path)/\(group)/cgroup.procs")
      }
      let mount = ControlGroup.Mount(point: path, root: "/")
      let places = mount.places(ofGroupsNamed: "wanted")
      #expect(places.sorted() == ["\(path)/a/wanted", "\(path)/wanted"])
      let found = places.flatMap(ControlGroup.Mount.processes(below:))
      #expect(found.sorted() == [3, 4, 5, 6, 7])
      #expect(mount.places(ofGroupsNamed: "none") == [])
      let nowhere = ControlGroup.Mount(point: "\(path)/nowhere", root: "/")
      #expect(nowhere.places(ofGroupsNamed: "wanted") == [])
    }
  }
}
