"""A scenario: a short sh file for the guest, with lines at its top that are for the harness.

    # What is tried, in a sentence.
    # expect: back within solve-within + tick     what must happen; several lines: in any order, all
    # set: minimum-uptime 10                      another value in /etc/watchdog; a comma is the end of a line
    # heart: 30 120                               of each program
    # programs: web                               their names
    # program: port-holder                        what they do: a file of Tests/Machine/guest
    # devices: softdog i6300esb                   on which it makes sense; also ib700, ipmi and itco, where they are named
    # also: softdog                               drivers that are loaded after that of the device
    # module: nowayout=1                          options of the driver
    # box: no-device mapped-disk clock-1970 slow-processor systemd package s3 swap grub systemd-boot u-boot ramoops kdump
    #      cgroup-v1                              other than usual
    # release: trixie                             the Debian of a box with systemd (bookworm, or that of --release)
    # subset: softdog                             belongs to the short run, on this device
    # long                                        is run only when it is named, or with --long

What may be expected, with TIME a sum of thresholds (each by its name) and numbers, counted from the first fault:

    back within TIME [of NAME]     started anew and at work, without a reboot
    reboot within TIME             by the device; and at work again, at most `boot` later
    reboots NUMBER within TIME     so many by the device
    orderly reboot within TIME     not by the device; and at work again
    signalled within TIME          the end-signal was sent, to a process that no signal reaches yet
    off within TIME                powered off
    quiet for TIME                 no program started or failing, no reboot, nothing critical from the kernel
    left alone for TIME [of NAME]  not started anew, whatever it does itself, and no reboot
    stays for TIME                 no reboot
    works after TIME [of NAME]     every program is at work then, whatever happened before
    restarts NUMBER within TIME    restart-system has run so often by then
    at most NUMBER restarts for TIME    of restart-system
    at most NUMBER reboots for TIME     by whomever
    afterwards up for TIME         after the last reboot that is expected
    told WORDS                     a line of the log has these words
    never told WORDS
"""

import os
import re

from . import loader
from .image import TREE

FOLDER = os.path.join(TREE, "Tests/Machine/scenarios")

# Not thresholds of the configuration, but of what it is made of.
FIXED = {
    "tick": 2,          # noticed by the tool that runs next, in the second after that
    "life": 120,        # of each-second and kwatchdog-feeder
    "minute": 62,       # until cron starts its next jobs
    "boot": 22,         # kernel, init, cron, restart-system
    "minimum-start": 1,  # solve-problems looks so long whether a program stays
    "step": 5,          # an attempt: noticed, ended, started, and looked at again
    "count": 32,        # until the disk has the count of a reboot, or is given up
}


class Mistake(Exception):
    """The scenario is not written as it must be."""


class Expectation:
    def __init__(self, text):
        self.text = text
        for kind, pattern in [
            ("back", r"back within ([^:]+?)(?: of ([\w-]+))?"),
            ("reboot", r"reboot within (.+)"),
            ("reboots", r"reboots (\d+) within (.+)"),
            ("orderly", r"orderly reboot within (.+)"),
            ("signalled", r"signalled within (.+)"),
            ("off", r"off within (.+)"),
            ("quiet", r"quiet for (.+)"),
            ("stays", r"stays for (.+)"),
            ("alone", r"left alone for ([^:]+?)(?: of ([\w-]+))?"),
            ("works", r"works after ([^:]+?)(?: of ([\w-]+))?"),
            ("restarts", r"restarts (\d+) within (.+)"),
            ("few_restarts", r"at most (\d+) restarts for (.+)"),
            ("few_reboots", r"at most (\d+) reboots for (.+)"),
            ("afterwards", r"afterwards up for (.+)"),
            ("told", r"told (.+)"),
            ("untold", r"never told (.+)"),
        ]:
            found = re.fullmatch(pattern, text)
            if found:
                self.kind, self.arguments = kind, found.groups()
                return
        raise Mistake(f"nobody knows what this means: expect: {text}")


class Scenario:
    def __init__(self, name, release="bookworm"):
        self.name = name
        self.expectations, self.settings, self.box = [], {}, []
        self.programs, self.heart, self.program = ["web"], "30 120", "program"
        self.devices = ["softdog", "i6300esb"]
        self.also = []
        self.module, self.later, self.prepare = "", None, None
        self.subset, self.is_long = [], False
        self.release = None  # of Debian, where its box is a whole one
        with open(os.path.join(FOLDER, name)) as file:
            self.body = file.read()
        lines = self.body.split("\n")
        self.sentence = lines[0].lstrip("# ")
        for line in lines[1:]:
            if not line.startswith("#"):
                break
            self._take(line.lstrip("# ").strip())
        if "systemd" in self.box:
            self.release = self.release or release
        if not self.expectations:
            raise Mistake(f"{name} expects nothing")
        # What is done in the first boot before systemd starts anything.
        if "\n# before all\n" in self.body:
            self.body, self.prepare = self.body.split("\n# before all\n", 1)
        # What runs on the boots after the first.
        if "\n# on each later boot\n" in self.body:
            self.body, self.later = self.body.split("\n# on each later boot\n", 1)

    def _take(self, line):
        key, _, value = line.partition(":")
        value = value.strip()
        if line == "long":
            self.is_long = True
        elif key == "expect":
            self.expectations.append(Expectation(value))
        elif key == "set":
            name, number = value.split()
            self.settings[name] = number
        elif key in ("heart", "program", "module", "release"):
            setattr(self, key, value)
        elif key in ("programs", "devices", "also", "box", "subset"):
            setattr(self, key, value.split())

    def thresholds(self):
        """The configured values by their names: those that are shipped, or the scenario's own."""
        values = dict(FIXED)
        folder = os.path.join(TREE, "etc/watchdog")
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                with open(path) as file:
                    first = self.settings.get(name, file.readline().strip())
                if first.isdigit():
                    values[name] = int(first)
        if loader.of(self.box):
            values["boot"] *= 2
        if "slow-processor" in self.box:
            values["boot"] *= 4
        if "systemd" in self.box:
            values["boot"] *= 3
        chain = []
        for name in os.listdir(f"{folder}/chain"):
            with open(f"{folder}/chain/{name}") as file:
                chain.append(int(self.settings.get(f"chain/{name}", file.readline())))
        values["chain"] = max(chain)
        numbers = self.heart.split()
        values["heart"], values["start"] = int(numbers[0]), int(numbers[-1])
        return values

    def seconds(self, text):
        """The value of a sum such as `chain + device-timeout + 2 * tick`."""
        values, total = self.thresholds(), 0
        for term in text.split("+"):
            product = 1
            for factor in term.split("*"):
                factor = factor.strip()
                if factor.isdigit():
                    product *= int(factor)
                elif factor in values:
                    product *= values[factor]
                else:
                    raise Mistake(f"{self.name}: there is no threshold {factor}")
            total += product
        return total


def names():
    return sorted(name for name in os.listdir(FOLDER) if re.fullmatch(r"[a-z0-9-]+", name))
