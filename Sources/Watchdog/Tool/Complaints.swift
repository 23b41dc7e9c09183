import LinuxCalls

/// What a tool has to complain of, said once and not once a second.
///
/// complaints/TOOL/NAME holds what was said. A complaint that stands there already is not said again; one
/// that a run does not raise any more is removed, so that the same mistake, made again, is told again.
public struct Complaints: ~Copyable {
  private let folder: Folder
  private let report: Report
  private let isDry: Bool
  private var raised: [String] = []
  /// What was new in this run.
  private(set) var said: [String] = []

  /// The complaints of the tool that reports by `report`.
  ///
  /// - Parameters:
  ///   - name: the name that they are kept under; nil for that of the tool.
  ///   - isDry: says what is new, and does not keep it.
  public init(
    _ report: Report, of name: StaticString? = nil, in state: borrowing StateFolder,
    isDry: Bool = false
  ) throws(Failure) {
    folder = try state.openComplaints(of: name ?? report.tool)
    self.report = report
    self.isDry = isDry
  }

  /// Complains.
  ///
  /// - Parameters:
  ///   - subject: what it is about: the key by which it is known again.
  ///   - sentence: what is said.
  ///   - occasion: what makes it new although the words are the same, such as the date of the file.
  public mutating func raise(
    about subject: String, _ sentence: String, occasion: String = "",
    level: SystemLog.Level = .warning, drafts: borrowing Drafts
  ) {
    let key = Complaints.key(for: subject)
    let text = "\(sentence)\n\(occasion)\n"
    raised.append(key)
    let before = try? folder.readFile(key, atMost: 4096)
    if let before, before.elementsEqual(text.utf8) { return }
    report.say(level, sentence)
    said.append(sentence)
    if isDry { return }
    // Where this cannot be kept it is said again: better twice than never.
    try? drafts.replace(key, in: folder, Drafts.Contents(text), isVital: false)
  }

  /// Forgets the complaints that were not raised since the last time.
  public mutating func settle() {
    let current = raised.sorted { $0.precedes($1) }
    raised = []
    if isDry { return }
    try? folder.forEachEntry { entry throws(SystemError) in
      // There may be as many complaints as there are hearts.
      let place = current.partitioningIndex(after: {
        $0.utf8.lexicographicallyPrecedes(entry.bytes)
      })
      if place < current.count, current[place].utf8.elementsEqual(entry.bytes) { return }
      try folder.remove(entry.bytes.text)
    }
  }

  /// A file name for any subject: what is not allowed in a name becomes %HH, and a long one is cut off
  /// and told apart by a checksum (FNV-1a).
  private static func key(for subject: String) -> String {
    var key = ""
    var checksum = Checksum()
    var isCutOff = false
    for byte in subject.utf8 {
      checksum.add(byte)
      isCutOff = isCutOff || key.utf8.count > 200
      if isCutOff { continue }
      key += Name(CollectionOfOne(byte))?.text ?? "%\(Hexadecimal.digits(of: byte).text)"
    }
    return isCutOff ? "\(key)%\(String(checksum.value, radix: 16))" : key
  }
}
