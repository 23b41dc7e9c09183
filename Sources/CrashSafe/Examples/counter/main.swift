// Numbers for invoices: no two are the same, and none is given out twice, whatever crashes.
//
// usage: crash-safe-example-counter DIRECTORY [HOW-MANY]

// The Tiny build of this package, which is not for programs like this one, passes it over.
#if !hasFeature(Embedded)
import CrashSafe

let words = CommandLine.arguments
guard words.count > 1 else { fatalError("usage: crash-safe-example-counter DIRECTORY") }
do {
  let invoices = try Counter("invoices", in: words[1])
  for _ in 0..<(words.count > 2 ? Int(words[2]) ?? 1 : 1) {
    // Once this has returned the number is taken, also when the power fails in the next line.
    print("invoice \(try invoices.increment())")
  }
} catch {
  // "unable to open /no/such: No such file or directory"
  print(error)
}
#endif
