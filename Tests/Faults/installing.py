"""etc/install, disturbed: in a folder of its own, as a package would be made."""

import os
import subprocess

from box import HERE
from scenes import Scene

INSTALL = os.path.realpath(f"{HERE}/../../etc/install")
# What it runs to change anything.
CHANGES = {"install", "dash", "cp", "mv", "ln", "mkdir", "chmod", "rm", "cat", "sort", "sed", "rmdir"}


def install(tools, target):
    """The words that install from a folder of executables into another."""
    return ["env", f"DESTDIR={target}", "PREFIX=/usr", "sh", INSTALL, "--whole-chain", "--from", tools]


def make_reference(tools):
    """What an undisturbed run makes, once for all."""
    subprocess.run(
        install(tools, f"{tools}/reference"), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def tree(folder):
    found = {}
    for path, _, names in os.walk(folder):
        for name in names:
            with open(f"{path}/{name}", "rb") as file:
                contents = file.read()
            # The record gets a line for each file, in the order in which they came.
            if name == "installed":
                contents = b"\n".join(sorted(contents.splitlines()))
            found[os.path.relpath(f"{path}/{name}", folder)] = contents
    return found


class Installed(Scene):
    """Everything is installed, and what was broken off is finished by the next run."""

    changes = CHANGES
    patience = 200

    def prepare(self, box):
        self.reference = os.path.realpath(f"{box.tools}/reference")
        words = " ".join(install(box.tools, f"{box.path}/target"))
        box.write("bin/install", f"#!/bin/sh\nexec {words} >/dev/null 2>&1\n", 0o755)

    def afterwards(self, box, judge):
        wanted = tree(self.reference)
        for name, contents in tree(f"{box.path}/target").items():
            isDraft = os.path.basename(name).startswith(".")
            if not isDraft and wanted.get(name) != contents and os.path.basename(name) != "installed":
                judge.fault("whole", f"{name} is not as it was to be")
        again = subprocess.run(
            install(box.tools, f"{box.path}/target"), stdout=subprocess.DEVNULL, stderr=box.said, check=False)
        if again.returncode != 0:
            judge.fault("well", f"the next run ended with {again.returncode}")
        found = tree(f"{box.path}/target")
        for name in sorted(set(found) ^ set(wanted)):
            judge.fault("rest", f"{name} is {'left' if name in found else 'missing'}")
        for name in sorted(set(found) & set(wanted)):
            if found[name] != wanted[name]:
                judge.fault("whole", f"{name} is not as it was to be, in the end")


INSTALLING = {"everything is installed: etc/install": Installed("install")}
