// An hourly job that stays: it beats after each run that succeeded, and so a run that fails again and again
// is noticed as one that hangs. hearts/report would hold "4000".
//
// usage: heart-example-hourly-job [SECONDS]        (every so many seconds instead of 3600, three times)

import Foundation
import Heart

struct Failed: Error {}

/// The work of an hour.
func report(_ hour: Int) throws {
  if hour == 1 { throw Failed() }
  print("report \(hour)")
  fflush(nil)
}

let heart = Heart("report")
let pause = CommandLine.arguments.count > 1 ? UInt32(CommandLine.arguments[1]) : nil
var hour = 0
while pause == nil || hour < 3 {
  do {
    try heart.round { try report(hour) }
  } catch {
    print("failed \(hour)")
    fflush(nil)
  }
  hour += 1
  sleep(pause ?? 3600)
}
