/// Something quick that may forget: a table in memory, files on a tmpfs, a server of the kind of memcached.
public protocol FastStore {
  /// What its calls fail with.
  associatedtype Failure: Error
  /// The value of a key; nil when it has none, or has forgotten it.
  mutating func value(of key: [UInt8]) throws(Failure) -> [UInt8]?
  /// Sets the value of a key.
  mutating func set(_ key: [UInt8], to value: [UInt8]) throws(Failure)
  /// Removes a key, if it is there.
  mutating func remove(_ key: [UInt8]) throws(Failure)
  /// Removes all keys.
  mutating func removeAll() throws(Failure)
}

/// Something reliable that may be slow, and is always right.
public protocol MasterStore {
  /// What its calls fail with.
  associatedtype Failure: Error
  /// The value of a key; nil when it has none.
  mutating func value(of key: [UInt8]) throws(Failure) -> [UInt8]?
  /// Sets the value of a key: the old one or the new one is there, whatever happens.
  mutating func set(_ key: [UInt8], to value: [UInt8]) throws(Failure)
  /// Removes a key, if it is there.
  mutating func remove(_ key: [UInt8]) throws(Failure)
  /// All keys.
  mutating func allKeys() throws(Failure) -> [[UInt8]]
}

extension KeyValueStore: FastStore, MasterStore {}
