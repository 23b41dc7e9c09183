import LinuxCalls

// Whose fault an error is: the box's, or that of one file.

extension SystemError {
  /// Whether there is no room for another file, or none to write into it.
  var isShortage: Bool {
    self == .noSpace || self == .overQuota || self == .tooManyOpenFiles
      || self == .tooManyOpenFilesInSystem
  }

  /// Whether it says that the box is short of something, or its file system broken, and nothing of the one file.
  var isGeneral: Bool {
    isShortage || self == .readOnly || self == .noMemory || self == .inputOutput
  }

  /// Whether it only says that something else than a file has the place of one, or that the file may not be changed
  /// (chattr(1)): that is no fault of the box, and its problem climbs by itself.
  var isOfOneName: Bool {
    self == .isAFolder || self == .notAFolder || self == .symbolicLink || self == .notPermitted
      || self == .accessDenied
  }
}

extension Failure {
  /// Whether something could not be read, rather than that what stands there is wrong: the next time it may be.
  var isUnread: Bool { systemError != nil }

  /// Whether the box, and not what was to be run, is why nothing was: it is short of something, processes too.
  var isOfBox: Bool { systemError.map { $0.isGeneral || $0 == .wouldWait } ?? false }
}
