"""What must be so after a fault."""

import collections
import os
import re
import time

import box as box_module  # noqa: F401  (it says which hearts there are)
import settings
from judge import Judge
from processes import names_in, now, read


class FaultJudge(Judge):
    """Looks as the judge of Tests/chaos does, and at what a single fault must not do."""

    CHECKS = {
        "two": "never two instances of a program alive",
        "twice": "never two runs of restart-system, nor two solvers of one problem",
        "lost": "no problem is lost",
        "counter": "what is counted happened, and what happened is counted",
        "whole": "every file is whole at any time",
        "hang": "no tool hangs",
        "crash": "no tool is ended by a signal that nobody sent",
        "healthy": "a healthy program is not touched",
        "well": "everything is well within a minute",
        "said": "a complaint is told once",
        "rest": "nothing is left of what was disturbed",
        "fed": "the device is fed, or it is said why not",
    }

    def __init__(self, box, scene):
        super().__init__(box)
        self.box = box
        self.scene = scene

    def look_for_lost(self, problems, instances, processes):
        """That all gets well tells it better here, where tools stand still for a while."""
        for name, (file, noticed) in self.problems.items():
            if name not in problems or problems[name][0] != file:
                self.gone.append((name, noticed, now()))
        self.problems = problems
        self.look_for_ends()

    def look_at_form(self, path, form):
        # What never ran is noted as over.
        if path == f"{self.box.state}/restart-system":
            form = rb"\d+ \d+\n|could not be run\n"
        super().look_at_form(path, form)

    def look_at_counters(self, begun):
        lines = (read(f"{self.box.state}/restarts") or b"").splitlines()
        counted = max(len(lines) - 1, 0)
        if counted < begun:
            self.fault("counter", f"restart-system began {begun} times, but {counted} are counted")
        # It is noted before it is executed.
        if counted > begun + 1 or counted and not self.scene.climbs:
            self.fault("counter", f"restart-system began {begun} times, and {counted} are counted")
        if self.box.has("data/stood-down") or self.box.has("run/stood-down"):
            self.fault("counter", "the box stood down")

    def unwell(self):
        """What is not well now."""
        processes = self.box.processes()
        instances = [seen for seen in map(self.box.instance, processes) if seen]
        found = [name for name in settings.HEARTS if not self.is_well(name, instances, limit=1)]
        found += [f"problem {name}" for name in self.problems]
        found += [f"no incident of {name}" for name, _, _ in self.gone]
        found += ["reboot-due"] if self.box.has("run/reboot-due") else []
        found += [
            " ".join(process.words) for process in processes
            if self.box.solved_by(process) or self.box.is_restart(process)]
        return found

    def look_at_the_end(self, said):
        self.look_at_healthy()
        self.look_at_words(said)
        for name in names_in(f"{self.box.state}/drafts"):
            if not os.path.exists(f"/proc/{name.rpartition('.')[2]}"):
                self.fault("rest", f"drafts/{name} is left")
        for tool in settings.TOOLS:
            path = f"{self.box.state}/alive/{tool}"
            if not os.path.exists(path) or time.time() - os.stat(path).st_mtime > 10:
                self.fault("well", f"alive/{tool} is not touched")

    def look_at_healthy(self):
        if os.path.exists(f"{self.box.path}/begun"):
            if not self.scene.climbs:
                self.fault("healthy", "everything was restarted")
            return
        for heart in self.scene.healthy:
            if self.box.noted(heart) != self.box.before[heart]:
                self.fault("healthy", f"{heart} was started anew")

    def look_at_words(self, said):
        lines = collections.Counter(re.sub(r"\d+(\.\d+)?", "#", line) for line in said.splitlines())
        for line, count in lines.items():
            # What stands in for the device is none, and each feeder has to say so.
            if count > 1 and "is no watchdog device" not in line:
                self.fault("said", f"told {count} times: {line}")
