// What a server with Foundation writes instead of bytes. The Tiny build has no Foundation.
#if canImport(FoundationEssentials) && !hasFeature(Embedded)
import FoundationEssentials

extension StorageError: LocalizedError {
  /// The sentence.
  public var errorDescription: String? { description }
}

extension StorageOr: LocalizedError {
  /// What the failure itself says.
  public var errorDescription: String? { description }
}

extension KeyValueStore {
  /// Sets the value of a key. Costs and failures are those of `set` with bytes.
  public func set(_ key: String, to data: Data) throws(StorageError) {
    try set(key, to: Array(data))
  }

  /// The value of a key; nil when it has none.
  public func data(of key: String) throws(StorageError) -> Data? {
    try value(of: key).map { Data($0) }
  }

  /// Sets the value of a key to a value in JSON.
  ///
  /// - Throws: a `StorageError`, or what the value could not be encoded with.
  public func set(_ key: String, encoding value: some Encodable) throws {
    try set(key, to: Array(JSONEncoder().encode(value)))
  }

  /// The value of a key, which is in JSON; nil when it has none.
  ///
  /// - Throws: a `StorageError`, or what the value could not be decoded with.
  public func value<Value: Decodable>(
    of key: String, decoding type: Value.Type = Value.self
  ) throws -> Value? {
    guard let bytes = try value(of: key) else { return nil }
    return try JSONDecoder().decode(type, from: Data(bytes))
  }

  /// Reads a value in JSON and sets another one in its place, as one step; see `update`.
  ///
  /// - Throws: a `StorageOr<any Error>`, whose `caller` is what `body` threw, or a coder.
  @discardableResult
  public func update<Value: Codable>(
    _ key: String, coding type: Value.Type, _ body: (Value?) throws -> Value?
  ) throws -> Value? {
    var result: Value?
    try update(key) { (old: [UInt8]?) throws -> [UInt8]? in
      result = try body(old.map { try JSONDecoder().decode(type, from: Data($0)) })
      return try result.map { Array(try JSONEncoder().encode($0)) }
    }
    return result
  }
}
#endif
