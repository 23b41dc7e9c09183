"""The ordinary runs that are disturbed: how each comes about, what is run, and what is allowed to come of it."""

import os
import subprocess
import time

import settings
from box import NotSet
from processes import now, read


class Scene:
    """A run of a tool."""

    # Hearts that nobody has any reason to touch.
    healthy = ["a-1", "c"]
    # Whether everything may be restarted.
    climbs = False
    # How long the run may take on a busy machine, in seconds.
    patience = 30
    # What is disturbed in all ways, beside our tools.
    changes = set()
    # Which tool is not run beside it, and is killed when it hangs, as each-second does.
    tool = None

    def __init__(self, *words):
        self.words = words
        self.tool = words[0] if len(words) == 1 and words[0] in settings.TOOLS else None

    def prepare(self, box):
        """Sets the scene."""

    def meanwhile(self, box):
        """What goes on beside the run. By default nothing does."""

    def afterwards(self, box, judge):
        """What happens next, before all has to get well by itself."""

    def unwell(self, box, said):  # noqa: ARG002
        """What is not well that the judge does not know of."""
        return []


class Late(Scene):
    """A program hangs, and the next look finds that."""

    def prepare(self, box):
        box.stop("b")
        begun = now()
        while now() - begun < settings.LIMIT + 0.5 and box.age("b") < settings.LIMIT - 0.3:
            box.tick()
            time.sleep(0.2)
        time.sleep(max(settings.LIMIT + 0.05 - box.age("b"), 0))


class Gone(Scene):
    """A program has ended."""

    def prepare(self, box):
        box.end("b")


class Marked(Late):
    """A problem stands, and nobody has seen to it."""

    def prepare(self, box):
        super().prepare(box)
        box.run("mark-problems")
        if not box.has("run/problems/b"):
            raise NotSet(box.path)


class MarkedSolution(Scene):
    """A problem that solutions/NAME solves."""

    healthy = ["a-1", "b"]

    def prepare(self, box):
        box.end("c")
        box.run("mark-problems")
        if not box.has("run/problems/c"):
            raise NotSet(box.path)


class Tried(Gone):
    """A program was started again and has beaten: its problem is over."""

    def prepare(self, box):
        super().prepare(box)
        box.run("mark-problems")
        box.run("solve-problems")
        begun = now()
        while now() - begun < 5 and not box.age("b") < 0.5:
            time.sleep(0.05)


class Climbs(Scene):
    """A problem that is not solved in time."""

    healthy = []
    climbs = True

    def prepare(self, box):
        box.write("etc/solve-within", "2\n")
        box.write("broken-b", "")
        box.end("b")
        box.ticks_until(lambda: box.has("run/problems/b"), 3)
        begun = now()
        while b"would" not in self.dry(box) and now() - begun < 20:
            # It counts how long the problem is unsolved, and would climb itself a moment later.
            box.tick(without="check-solutions")
            if b"would" not in self.dry(box):
                box.run("check-solutions")
            time.sleep(0.25)
        if box.has("begun"):
            raise NotSet(box.path)
        os.remove(f"{box.path}/broken-b")

    def afterwards(self, box, judge):
        # One restart is to help.
        box.write("etc/solve-within", "30\n")

    @staticmethod
    def dry(box):
        """What check-solutions would do."""
        command = [f"{box.path}/bin/check-solutions", "--dry-run"]
        return subprocess.run(command, env=box.environment, capture_output=True, check=False).stdout


class Reboots(Climbs):
    """The ladder has come to the reboot, and the box is mended after all."""

    def prepare(self, box):
        box.write("etc/restarts-before-reboot", "0\n")
        super().prepare(box)


class StoodDown(Scene):
    """The box rests, and somebody ends that."""

    # What is there is not counted by this boot.
    stands = True

    def prepare(self, box):
        box.write("run/stood-down", "it did not help\n90000.000000000\n")
        box.write("run/restarts", "")


class Held(Scene):
    """The box is on hold, with a problem."""

    def prepare(self, box):
        box.run("watchdog-chain", "hold", "1h", "b", "a test")


class Holding(Scene):
    """Nothing is wrong, and what was put on hold goes on by resume."""

    def afterwards(self, box, judge):
        if box.run("watchdog-chain", "hold", "--end") not in (0, 1):
            judge.fault("well", "the hold could not be ended")


class Detected(Scene):
    """A detector finds something, or nothing any more."""

    healthy = ["a-1", "c"]

    def __init__(self, *words, finds=True):
        super().__init__(*words)
        self.finds = finds

    def prepare(self, box):
        box.write("etc/every", "1\n")
        os.makedirs(f"{box.path}/etc/detectors")
        box.write("etc/detectors/b", f"#!/bin/sh\n[ -e {box.path}/well ] || {{ echo it is not well; exit 1; }}\n", 0o755)
        if not self.finds:
            box.ticks_until(lambda: box.has("run/problems/b"), 10)
            self.end(box)
            time.sleep(1.1)

    @staticmethod
    def end(box):
        box.write("well", "")

    def afterwards(self, box, judge):
        if not self.finds:
            return
        try:
            box.ticks_until(lambda: box.has("run/problems/b"), 20)
        except NotSet:
            judge.fault("lost", "what the detector says is no problem")
        judge.look()
        self.end(box)


class Told(Scene):
    """What happened is told, at least once."""

    def prepare(self, box):
        box.write("etc/tell", f"#!/bin/sh\ncat >>{box.path}/heard\n", 0o755)
        for words in (["tell"], ["note", "first"], ["note", "second"]):
            box.run("watchdog-chain", *words)

    def unwell(self, box, said):
        box.run("watchdog-chain", "tell")
        heard = read(f"{box.path}/heard") or b""
        return [f"{word.decode()} was not told" for word in (b"first", b"second") if word not in heard]


class Accepted(Scene):
    """All has been well for long enough, and boot-good is run: once, or once more when that was broken off."""

    def prepare(self, box):
        box.write("etc/accept-after", "1\n")
        for tool in settings.TOOLS:
            box.write(f"etc/chain/{tool}", "10\n")
        box.write("etc/boot-good", f"#!/bin/sh\necho >>{box.path}/good\n", 0o755)
        for pause in (0, 1.2):
            time.sleep(pause)
            box.tick()
            if pause == 0:
                box.run("watchdog-chain", "accept")

    def unwell(self, box, said):
        box.run("watchdog-chain", "accept")
        times = len(read(f"{box.path}/good") or b"")
        isAccepted = (read(f"{box.state}/accepted") or b"- 0").split()[1] == b"1"
        return [] if isAccepted and times in (1, 2) else [f"accepted {isAccepted}, boot-good ran {times} times"]


SCENES = {
    "nothing is wrong: mark-problems": Scene("mark-problems"),
    "nothing is wrong: solve-problems": Scene("solve-problems"),
    "nothing is wrong: check-solutions": Scene("check-solutions"),
    "a heart is late: mark-problems": Late("mark-problems"),
    "a process is gone: mark-problems": Gone("mark-problems"),
    "somebody marks: mark-problems --mark": Scene("mark-problems", "--mark", "b", "--detector", "test", "it is broken"),
    "a program is restarted: solve-problems": Marked("solve-problems"),
    "a solution is run: solve-problems": MarkedSolution("solve-problems"),
    "a problem is over: solve-problems": Tried("solve-problems"),
    "a problem is over: check-solutions": Tried("check-solutions"),
    "everything is restarted: check-solutions": Climbs("check-solutions"),
    "a reboot is due: check-solutions": Reboots("check-solutions"),
    "a detector finds something: mark-problems": Detected("mark-problems"),
    "a detector finds nothing: mark-problems": Detected("mark-problems", finds=False),
    "somebody solved it: solve-problems --solved": Marked("solve-problems", "--solved", "b", "by a test"),
    "incidents are told: watchdog-chain tell": Told("watchdog-chain", "tell"),
    "a boot is accepted: watchdog-chain accept": Accepted("watchdog-chain", "accept"),
    "a program is ended: kill-stamped": Scene("kill-stamped", "b"),
    "a program is started: run-stamped": Gone("run-stamped", "--background", "b"),
    "a beat: beat": Scene("beat", "a-1"),
    "a check: beat": Scene("beat", "a-1", "--", "/bin/true"),
    "a hold: watchdog-chain hold": Holding("watchdog-chain", "hold", "1m", "--", "a test"),
    "a hold of one: watchdog-chain hold": Scene("watchdog-chain", "hold", "2", "b", "a test"),
    "a hold ends: watchdog-chain hold --end": Held("watchdog-chain", "hold", "--end", "b"),
    "resume: watchdog-chain resume": StoodDown("watchdog-chain", "resume"),
    "the seconds: each-second": Scene("each-second", "--lifetime", "3", *settings.TOOLS),
}
