// usage: watchdog-chain WORD …, where WORD is one of Subcommand.all

import Linux
import Watchdog

let words = ThisProcess.words
let word = words.count > 1 ? words[1] : ""
if let subcommand = (Subcommand.all + [Completion.question]).first(where: {
  $0.word.isEqual(to: word)
}) {
  subcommand.run(words)
}

Subcommand.tool.run { (arguments, report) throws(Failure) in
  throw arguments.mistake(
    word.utf8.isEmpty ? "say what to do" : "unknown word \"\(word.printable)\"")
}
