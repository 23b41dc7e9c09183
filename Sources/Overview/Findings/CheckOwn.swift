import Linux
import Rules
import Watchdog

/// What counts for one name alone, as of/NAME has it.
struct OwnSettings {
  let name: Name
  var numbers = Numbers()
  var lastStep: Step?
}

/// of/NAME/SETTING, and the settings that are words.
extension Check {
  /// The settings that are words. Each can stand in of/NAME too.
  static let words = [Settings.lastStepFile, Settings.endSignalFile]

  /// The names of what can stand in of/NAME.
  private static var ownNames: [String] {
    Setting.all.filter { $0.isPerHeart }.map { "\($0.name)" } + words
  }

  mutating func lookAtWords(_ settings: borrowing Settings) {
    do throws(Failure) { lastStep = try settings.lastStep(for: nil) } catch {
      complain(
        Settings.lastStepFile, withoutPath(error.sentence, Settings.lastStepFile), about: .solving)
    }
    do throws(Failure) { _ = try settings.endSignal(for: nil) } catch {
      complain(
        Settings.endSignalFile, withoutPath(error.sentence, Settings.endSignalFile),
        about: .solving)
    }
  }

  mutating func lookAtOwnSettings() throws(Failure) {
    let settings = try Settings(roots)
    for (name, _) in names(in: "of") {
      let folder = "of/\(name.text)"
      guard (try? Folder(path: path(of: folder))) != nil else {
        complain(
          folder,
          "it is no directory: what counts for \(name.text) alone stands in \(folder)/SETTING",
          about: .solving)
        continue
      }
      lookAtFolder(folder)
      if !isKnown(name) {
        complain(
          folder,
          "there is no heart, program, solution or problem \(name.text): is the name misspelt? If it is no longer "
            + "needed: rm -r \(path(of: folder))", about: .solving)
      }
      own.append(readOwnSettings(of: name, settings))
    }
  }

  private mutating func readOwnSettings(
    of name: Name, _ settings: borrowing Settings
  ) -> OwnSettings {
    var found = OwnSettings(name: name)
    let folder = try? Folder(path: path(of: "of/\(name.text)"))
    for (entry, _) in names(in: "of/\(name.text)") {
      let file = "of/\(name.text)/\(entry.text)"
      if let status = folder.status(of: entry.text) {
        lookAtOwner(file, status)
        lookAtMode(file, status, about: .solving)
      }
      do throws(Failure) {
        if let setting = Setting.all.first(where: { "\($0.name)".isEqual(to: entry.text) }),
          setting.isPerHeart
        {
          found.numbers.set(setting, try settings.read(setting, for: name))
        } else if entry.text.isEqual(to: Settings.lastStepFile) {
          found.lastStep = try settings.lastStep(for: name)
        } else if entry.text.isEqual(to: Settings.endSignalFile) {
          _ = try settings.endSignal(for: name)
        } else {
          tellUnknown(entry, file)
        }
      } catch {
        complain(file, withoutPath(error.sentence, file), about: .solving)
      }
    }
    return found
  }

  private mutating func tellUnknown(_ entry: Name, _ file: String) {
    let isOfBox =
      Setting.all.contains { "\($0.name)".isEqual(to: entry.text) }
      || entry.text.isEqual(to: "device")
    let known = "of/NAME can hold \(Check.ownNames.joined(separator: ", "))"
    complain(
      file,
      isOfBox
        ? "\(entry.text) counts for the whole box only, so no tool reads this: \(known)"
        : "no tool reads this: is the name misspelt?"
          + "\(Check.suggestion(for: entry.text, among: Check.ownNames)) \(known)", about: .solving)
  }

  /// Whether anything here is called so.
  private func isKnown(_ name: Name) -> Bool {
    let folders = ["hearts", "programs", "solutions"].map { path(of: $0) }
    return (folders + ["\(roots.state)/\(StateFolder.Part.problems.name)"]).contains {
      (try? Folder(path: "/").status(of: "\($0)/\(name.text)")) != nil
    }
  }

  // MARK: What counts

  /// The value of a setting for a name: its own, else the box's.
  func number(_ setting: Setting, for name: Name) -> Int64 {
    own.first { $0.name == name }?.numbers.given(setting) ?? numbers[setting]
  }

  /// How far the ladder of a heart's problem goes, once it has beaten.
  func reach(of name: Name) -> Step {
    Step.last(
      given: givenStep(for: name), detector: .heart, means: roots.means(for: name), hasBeaten: true)
  }

  /// What the administrator said about that; nil where nothing.
  func givenStep(for name: Name) -> Step? {
    own.first { $0.name == name }?.lastStep ?? lastStep
  }
}
