import LinuxCalls

extension KeyValueStore {
  /// Calls `body` with each key, once, in no order. It may set and remove keys meanwhile.
  public func forEachKey<Failure: Error>(
    _ body: ([UInt8]) throws(Failure) -> Void
  ) throws(StorageOr<Failure>) {
    let keys: [[UInt8]]
    do throws(StorageError) { keys = try allKeys() } catch { throw .storage(error) }
    for key in keys {
      do throws(Failure) { try body(key) } catch { throw .caller(error) }
    }
  }

  /// All keys, in no order. With `.process` each value is read for that, for those that are torn are none.
  public func allKeys() throws(StorageError) -> [[UInt8]] {
    var keys: [[UInt8]] = []
    try forEachKey(in: ".", below: []) { keys.append($0) }
    return keys
  }

  /// How many keys there are. It reads as much as `allKeys`.
  public func count() throws(StorageError) -> Int {
    var count = 0
    try forEachKey(in: ".", below: []) { _ in count += 1 }
    return count
  }

  private func forEachKey(
    in folder: String, below prefix: [UInt8], _ body: ([UInt8]) -> Void
  ) throws(StorageError) {
    for name in try names(in: folder) {
      switch KeyName.meaning(of: name, below: prefix) {
      case .value(let key):
        if durability == .power { body(key) } else if try contains(key) { body(key) }
      case .folder(let prefix):
        let text = name.text
        try forEachKey(in: "\(folder)/\(text)", below: prefix, body)
      case nil: break
      }
    }
  }

  private func names(in folder: String) throws(StorageError) -> [[UInt8]] {
    // Opened anew: two that read the folder through one descriptor would share the place where they are. The last key in
    // it may have been removed meanwhile, and then it was itself.
    try attempt(to: "read \(path)/values", unless(.noSuchFile, values.folder(folder).allNames()))
      ?? []
  }

  func value(at name: KeyName) throws(StorageError) -> [UInt8]? {
    if let value = readValues.value(at: name, in: values) { return value }
    func words() -> String { "read \(path)/values/\(name.path)" }
    guard let file = try attempt(to: words(), unless(.noSuchFile, openValue(name.path))) else {
      return nil
    }
    let contents = try attempt(to: words(), file.readAll())
    if let value = StoredValue.read(contents) {
      readValues.note(value, at: name, from: file)
      return value
    }
    if durability == .process { return nil }
    throw StorageError(.damaged, to: words())
  }

  private func openValue(_ name: String) throws(SystemError) -> Descriptor {
    let flags: OpenFlags = [.read, .noFollow, .nonBlocking]
    if isOurs, let file = try unless(.notPermitted, values.open(name, flags.union(.noDate))) {
      return file
    }
    return try values.open(name, flags)
  }

  static func refuseEarlierVersion(_ path: String) throws(StorageError) {
    func isThere(_ name: String) -> Bool { (try? FileStatus.at("\(path)/\(name)")) != nil }
    if !isThere("values"), isThere("keys") {
      throw StorageError(.earlierVersion, to: "open \(path)")
    }
  }
}
