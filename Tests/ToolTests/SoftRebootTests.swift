import Foundation
import TestSupport
import Testing

/// After `systemctl soft-reboot` /run has what was noted before, and nobody holds the device.
@Suite struct SoftRebootTests {
  @Test(arguments: [false, true])
  func `a boot with an armed device is guarded when the user space alone was booted anew`(
    isSoft: Bool
  ) async throws {
    try await World.with { world in
      let device = try world.write("", to: "device")
      try world.write("\(device)\n", to: "etc/device")
      try world.write("30\n", to: "etc/chain/check-solutions")
      try world.makeFolder("run")
      try world.write("stand-in \(device)\n", to: "run/armed-device")
      if isSoft { try world.write("1000000000.000000000 left\n", to: "run/shutting-down") }
      let process = world.process("kwatchdog-feeder", ["--boot"])
      try process.run()
      defer { process.end() }
      if isSoft {
        #expect(await world.waits(upTo: 5) { world.exists("run/boot-guard") })
      } else {
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && !world.exists("run/boot-guard"))
      }
    }
  }
}
