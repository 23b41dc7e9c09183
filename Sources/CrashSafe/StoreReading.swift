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
    try forEachKey { keys.append($0) }
    return keys
  }

  /// How many keys there are. It reads as much as `allKeys`.
  public func count() throws(StorageError) -> Int {
    var count = 0
    try forEachKey { _ in count += 1 }
    return count
  }

  private func forEachKey(
    in folder: borrowing Folder, below prefix: [UInt8], _ body: ([UInt8]) -> Void
  ) throws(StorageError) {
    // The last key in it may be removed meanwhile, and then it is itself.
    let names = try attempt(to: "read \(path)/values", found(folder.allNames()))
    for name in names ?? [] {
      switch KeyName.meaning(of: name, below: prefix) {
      case .value(let key):
        if durability == .power { body(key) } else if try contains(key) { body(key) }
      case .folder(let prefix):
        let next = try attempt(to: "read \(path)/values", found(folder.folder(name.text)))
        if let next { try forEachKey(in: next, below: prefix, body) }
      case nil: break
      }
    }
  }

  private func forEachKey(_ body: ([UInt8]) -> Void) throws(StorageError) {
    // Opened anew: two that read the folder through one descriptor would share the place where they are.
    let folder = try attempt(to: "read \(path)/values", values.folder("."))
    try forEachKey(in: folder, below: [], body)
  }

  func value(at name: KeyName) throws(StorageError) -> [UInt8]? {
    if let value = readValues.value(at: name, in: values) { return value }
    func words() -> String { "read \(path)/values/\(name.path)" }
    guard let file = try attempt(to: words(), found(openValue(name))) else { return nil }
    let contents = try attempt(to: words(), file.readAll(atMost: StoredValue.largest + 1))
    if let value = StoredValue.read(contents) {
      readValues.note(value, at: name, from: file)
      return value
    }
    if durability == .process { return nil }
    throw StorageError(.damaged, to: words())
  }

  /// What a call answers; nil where there is no such key. Which keys a directory had that was removed nobody knows.
  @discardableResult
  func found<Value: ~Copyable>(
    _ call: @autoclosure () throws(SystemError) -> Value
  ) throws(SystemError) -> Value? {
    do throws(SystemError) { return try call() } catch {
      guard error == .noSuchFile, try values.status().links > 0 else { throw error }
      return nil
    }
  }

  private func openValue(_ name: KeyName) throws(SystemError) -> Descriptor {
    let flags: OpenFlags = [.read, .noFollow, .nonBlocking]
    guard isOurs else { return try openForeignValue(name, flags) }
    let file = try unless(.notPermitted, values.open(name.path, flags.union(.noDate)))
    if let file { return file }
    return try values.open(name.path, flags)
  }

  /// A directory on the way may be a link that the store's owner put there: it leads nowhere.
  private func openForeignValue(
    _ name: KeyName, _ flags: OpenFlags
  ) throws(SystemError) -> Descriptor {
    guard let first = name.folders.first else { return try values.open(name.path, flags) }
    var folder = try values.folder(first)
    for piece in name.folders.dropFirst() { folder = try folder.folder(piece) }
    return try folder.open(name.last, flags)
  }

  static func refuseEarlierVersion(_ path: String) throws(StorageError) {
    func isThere(_ name: String) -> Bool { (try? FileStatus.at("\(path)/\(name)")) != nil }
    if !isThere("values"), isThere("keys") {
      throw StorageError(.earlierVersion, to: "open \(path)")
    }
  }
}
