// A worker per core and one heart: it beats when each worker has done a piece of work since the last beat.
//
// usage: heart-example-worker-per-core [WORKERS [HANGING]]        (a worker of this number hangs)

import Foundation
import Heart

let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let workers = numbers.first ?? sysconf(Int32(_SC_NPROCESSORS_ONLN))
let hanging = numbers.count > 1 ? numbers[1] : -1
let round = Heart.Round(of: Heart("workers"), parts: workers)

await withTaskGroup(of: Void.self) { group in
  for worker in 0..<workers {
    group.addTask {
      while true {
        // The work would be here.
        try? await Task.sleep(for: worker == hanging ? .seconds(3600) : .milliseconds(100))
        round.complete(part: worker)
      }
    }
  }
}
