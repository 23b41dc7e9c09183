// A server with an event loop: each turn of the loop beats, so a request that hangs stops the heart.
//
// usage: heart-example-server        (answers what is written to its standard input; "hang" hangs)

import Foundation
import Heart

let heart = Heart("web")
while true {
  var entry = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
  // Not longer than a third of the limit: an idle server beats too.
  if poll(&entry, 1, 1000) > 0 {
    guard let request = readLine() else { break }
    if request == "hang" { sleep(3600) }
    print("answer to \(request)")
    fflush(nil)
  }
  heart.beat()
}
