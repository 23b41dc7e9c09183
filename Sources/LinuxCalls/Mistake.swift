/// What is wrong with the contents of a file, the value of an option or a command line.
public struct Mistake: Error, Sendable {
  /// In words, without the file's name, for example "unknown option --foo".
  public let sentence: String

  /// A mistake.
  public init(_ sentence: String) { self.sentence = sentence }
}
