"""What happened in the guest, as its serial port and QEMU tell it.

Times are seconds since the first boot by the clock chip, which goes on through resets and is set by nobody.
Uptimes are within a boot; a line of init tells what the chip showed at the begin of each.
"""

import re


class Event:
    def __init__(self, time, boot, kind, words):
        self.time, self.boot, self.kind, self.words = time, boot, kind, words


class Timeline:
    def __init__(self, rtc_base, device):
        # QEMU tells of no watchdog of a BMC: what no kernel has told before is its doing.
        self.is_bmc = device == "ipmi"
        self.rtc_base = rtc_base
        self.events = []        # all but the lines of the log
        self.log = []
        self.boot = 0
        self.begun = 0.0        # when this boot began
        self.now = 0.0
        self.resets = 0         # as QEMU tells them
        self.fired = False      # the device did, since the last boot
        self.shutdown = None

    def add(self, kind, words=""):
        event = Event(self.now, self.boot, kind, words)
        if kind != "NOW":
            (self.log if kind == "LOG" else self.events).append(event)
        return event

    def take_event(self, name, data):
        if name == "WATCHDOG":
            self.fired = True
        elif name == "SHUTDOWN" and data.get("reason") == "guest-reset":
            self.resets += 1
        elif name == "SHUTDOWN" and data.get("guest"):
            self.shutdown = data.get("reason")
            self.add("SHUTDOWN", self.shutdown)

    def take_line(self, line):
        """Returns the event that the line is, or None."""
        found = re.search(r"@(\d+\.\d+) ([A-Z]+)(?: (.*))?$", line)
        if found:
            uptime, kind, words = float(found.group(1)), found.group(2), found.group(3) or ""
            if kind == "BOOT":
                return self._boot(uptime, int(words))
            self.now = max(self.now, self.begun + uptime)
            return self.add(kind, words)
        found = re.match(r"\[ *(\d+\.\d+)\] (.*)", line)
        if found:
            self.now = max(self.now, self.begun + float(found.group(1)))
            if "Initiating system reboot" in found.group(2):
                self.fired = True
            return self.add("KERNEL", found.group(2))
        return self.add("LOG", line) if line.strip() else None

    def _boot(self, uptime, chip):
        self.boot += 1
        begun = chip - self.rtc_base - uptime
        if self.boot > 1:
            # The chip shows whole seconds.
            self.begun = self.now = max(begun, self.now)
            is_told = any(event.kind == "KERNEL" and "Restarting system" in event.words
                          for event in self.events[-5:])
            self.add("RESET", "by the device" if self.fired or self.is_bmc and not is_told else "by somebody")
            self.fired = False
        else:
            self.begun = begun
        return self.add("BOOT")

    def first(self, kind, after=None):
        for event in self.events:
            if event.kind == kind and (after is None or event.time >= after):
                return event
        return None

    def all(self, kind, after=-1.0):
        return [event for event in self.events if event.kind == kind and event.time >= after]
