// usage: architecture-facts FOLDER one "two words" ""
//
// What may differ from one machine to another: the size of words, offsets and times, alignment, who hands over the
// arguments, and how the runtime keeps small strings. It is built for a machine, and run there, by Tests/architectures,
// with just these arguments. Prints a line for each fact and, last, how many were so; ends with 1 when one was not.

import LinuxCalls

func look(_ words: [String]) -> Int32 {
  var facts = Facts()
  facts.look(atArguments: words)
  facts.lookAtTexts()
  facts.lookAtNumbers()
  facts.lookAtTimes()
  do throws(SystemError) {
    let folder = try Folder(path: words[1])
    try facts.lookAtFiles(in: folder)
    try facts.lookAtLogins(in: folder, "\(words[1])/wtmp")
    try facts.lookAtEntries(in: folder)
    try facts.lookAtProcesses(in: folder)
  } catch {
    facts.tell("no system call failed: \(error.reason)", false)
  }
  Console.write("\(facts.passed) passed, \(facts.failed) failed, 0 skipped\n")
  return facts.failed == 0 ? 0 : 1
}

let words = ThisProcess.words
guard words.count >= 2 else {
  Console.write("usage: architecture-facts FOLDER one \"two words\" \"\"\n", to: .error)
  ThisProcess.exit(64)
}
ThisProcess.exit(look(words))
