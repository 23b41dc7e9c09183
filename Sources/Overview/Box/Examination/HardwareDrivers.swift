import LinuxCalls
import Watchdog

/// Which watchdog drivers of this kernel fit the hardware of this box. They are not loaded by themselves on most
/// distributions, because a device that is armed by mistake reboots the box.
enum HardwareDrivers {
  /// The names of the modules, by what the kernel's own table of aliases says (depmod(8)).
  static func fitting(_ around: Outside) -> [String] {
    guard let release = around.contents("/proc/sys/kernel/osrelease") else { return [] }
    let version = printable(release.firstLine)
    let folders = ["/lib/modules/\(version)", "/usr/lib/modules/\(version)"]
    guard let folder = folders.first(where: { around.exists($0) }) else { return [] }
    let modules = around.names(in: "\(folder)/kernel/drivers/watchdog").map { name in
      // "iTCO_wdt.ko.xz", which its aliases call so too, or with "_" for "-".
      name.utf8.prefix { $0 != 0x2E }.map { $0 == 0x2D ? 0x5F : $0 }
    }
    // One or two megabytes for the kernels of distributions.
    guard !modules.isEmpty,
      let aliases = try? Descriptor.contents(
        of: around.path("\(folder)/modules.alias"), atMost: 16 << 20)
    else { return [] }
    let devices = hardware(around)
    var found: [String] = []
    for line in aliases.lines {
      // "alias pci:v00008086d000025ABsv*sd*bc*sc*i* i6300esb"
      let words = line.split(separator: .space)
      guard words.count == 3, modules.contains(where: { $0.elementsEqual(words[2]) }),
        devices.contains(where: { matches($0[...], words[1]) })
      else { continue }
      let name = printable(Array(words[2]))
      if !found.contains(where: { $0.isEqual(to: name) }) { found.append(name) }
    }
    return found
  }

  /// What the devices of this box say that they are.
  private static func hardware(_ around: Outside) -> [[UInt8]] {
    ["pci", "platform", "amba", "acpi", "isa", "usb"].map { "/sys/bus/\($0)/devices" }.flatMap {
      folder in
      around.names(in: folder).compactMap {
        around.contents("\(folder)/\($0)/modalias")?.firstLine
      }
    }
  }

  /// Whether a text is what a pattern means, in which `*` is any text and `?` any byte. Aliases have nothing else.
  static func matches(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
    var (text, pattern) = (text, pattern)
    var retry: (text: ArraySlice<UInt8>, pattern: ArraySlice<UInt8>)?
    while !text.isEmpty || !pattern.isEmpty {
      if pattern.first == 0x2A {
        pattern.removeFirst()
        retry = (text, pattern)
      } else if let byte = text.first, pattern.first == 0x3F || pattern.first == byte {
        text.removeFirst()
        pattern.removeFirst()
      } else if let last = retry, !last.text.isEmpty {
        // The last star takes one byte more.
        text = last.text.dropFirst()
        pattern = last.pattern
        retry = (text, pattern)
      } else {
        return false
      }
    }
    return true
  }
}
