"""The runs of kwatchdog-feeder. A terminal stands in for the device: like one it has a number, by which a successor finds
who holds it, and what is written to it can be read."""

import os
import time
import tty

from box import NotSet, TICK
from processes import now, read
from scenes import Scene


class Device:
    """What reads the device."""

    def __init__(self):
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        os.set_blocking(self.master, False)
        self.path = os.ttyname(self.slave)
        self.bytes = b""
        self.last = 0.0

    def look(self):
        try:
            found = os.read(self.master, 4096)
        except BlockingIOError:
            return
        self.bytes += found
        self.last = now()


class Fed(Scene):
    """One feeder lives for three seconds."""

    older = None
    # Whether the device may be at rest in the end.
    mayRest = False

    def __init__(self, *words):
        super().__init__(*words)
        self.tool = None

    def prepare(self, box):
        box.device = Device()
        box.write("etc/device", f"{box.device.path}\n")
        for tool in ("mark-problems", "solve-problems", "check-solutions"):
            box.write(f"etc/chain/{tool}", "10\n")
        box.tick()
        box.ticked = now()
        if self.older:
            box.feeder = box.popen(["kwatchdog-feeder", "--lifetime", self.older])
            self.wait_for_feed(box)

    @staticmethod
    def wait_for_feed(box):
        end = now() + 20
        while not box.device.bytes:
            box.device.look()
            time.sleep(0.05)
            if now() > end:
                raise NotSet(box.path)

    def meanwhile(self, box):
        box.device.look()
        if now() - box.ticked > TICK:
            box.tick()
            box.ticked = now()

    def afterwards(self, box, judge):
        # As cron does in the next minute.
        box.popen(["kwatchdog-feeder", "--lifetime", "70"])
        box.begun = now()

    def unwell(self, box, said):
        box.device.look()
        # By one of those that are there now.
        if now() - box.device.last < 2.5 and box.device.last > box.begun + 1.5:
            return []
        if self.mayRest and box.has("run/disarmed") and box.device.bytes.endswith(b"V"):
            return []
        # The device has the time that a shutdown may take, and is left to systemd.
        if self.mayRest and (read(f"{box.state}/shutting-down") or b"").endswith(b" left\n"):
            return []
        reasons = ("not feeding", "not arming", "disarmed by an administrator")
        if now() - box.begun > 10 and any(reason in said for reason in reasons):
            return []
        return ["the device is not fed"]


class HandedOver(Fed):
    """A feeder comes while an older one feeds, whose life ends."""

    older = "3"


class Disarmed(HandedOver):
    """A device is fed, and is to be at rest."""

    older = "60"
    mayRest = True


class HandsOver(Fed):
    """An older feeder is disturbed while a younger one waits for its turn."""

    def meanwhile(self, box):
        if box.device.bytes and not hasattr(box, "feeder"):
            box.feeder = box.popen(["kwatchdog-feeder", "--lifetime", "20"])
        super().meanwhile(box)


class GuardsBoot(HandsOver):
    """The boot is guarded until a feeder of the chain has taken the device over."""

    patience = 60

    def prepare(self, box):
        box.write("etc/boot-timeout", "60\n")
        super().prepare(box)


FEEDING = {
    "a device is fed: kwatchdog-feeder": Fed("kwatchdog-feeder", "--lifetime", "3"),
    "a device is fed once: kwatchdog-feeder --once": Fed("kwatchdog-feeder", "--once"),
    "a device is taken over: kwatchdog-feeder": HandedOver("kwatchdog-feeder", "--lifetime", "6"),
    "a device is handed over: kwatchdog-feeder": HandsOver("kwatchdog-feeder", "--lifetime", "4"),
    "the boot is guarded: kwatchdog-feeder --boot": GuardsBoot("kwatchdog-feeder", "--boot"),
    "a device is disarmed: kwatchdog-feeder --disarm": Disarmed("kwatchdog-feeder", "--disarm"),
    "a box shuts down: kwatchdog-feeder --shutdown": Disarmed("kwatchdog-feeder", "--shutdown"),
}
