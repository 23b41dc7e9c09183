"""Whether what must never happen happened."""

import collections
import json
import os
import re
import time

from processes import is_alive, names_in, now, read
from settings import CARRIED_WITHIN, HEARTS, LIMIT, LOST_AFTER, TOOLS, WELL_WITHIN


class Judge:
    """Looks at the world after each round. What it finds wrong is kept by the check that it breaks."""

    CHECKS = {
        "two": "never two instances of a program alive",
        "twice": "never two runs of restart-system, nor two solvers of one problem",
        "lost": "no problem is lost",
        "counter": "the counter of restarts is never lower than the truth",
        "whole": "every file is whole at any time",
        "ladder": "the ladder does not come to its end",
        "hang": "no tool hangs",
        "well": f"when the faults stop everything is well within {WELL_WITHIN} s",
        "rest": "kill-stamped leaves nobody, and no draft of a killed tool stays",
    }

    def __init__(self, world):
        self.world = world
        self.wrong = {check: [] for check in self.CHECKS}
        self.history = collections.deque(maxlen=400)
        self.last_look = now()
        self.last_good = {heart: now() for heart in HEARTS}
        self.problems = {}
        self.gone = []
        self.ends = {heart: [] for heart in HEARTS}
        self.solvers = {heart: set() for heart in HEARTS}
        self.offset = 0
        self.torn = 0
        self.longest = 0.0
        self.counted = 0
        self.twos = 0

    def note(self, words):
        self.history.append((now(), words))

    def fault(self, check, words):
        self.note(f"WRONG: {words}")
        # The same thing is found again in each round: once is enough.
        if all(words != known for known, _ in self.wrong[check]):
            self.wrong[check].append((words, list(self.history)[-40:]))

    # What the processes say.

    def look(self):
        """Looks at everything once."""
        processes = self.world.processes()
        instances = [seen for seen in map(self.world.instance, processes) if seen]
        self.look_for_two(instances)
        self.look_for_twice(processes)
        # First the truth, then what was counted of it, which has to be as much at least.
        begun = len((read(f"{self.world.path}/begun") or b"").splitlines())
        self.look_at_counters(begun)
        problems = self.read_problems()
        self.read_incidents()
        self.look_for_lost(problems, instances, processes)
        self.look_at_files()
        self.last_look = now()

    def look_for_two(self, instances):
        for line in (read(f"{self.world.path}/two") or b"").decode().splitlines()[self.twos:]:
            self.twos += 1
            self.fault("two", line)
        for index, one in enumerate(instances):
            for other in instances[index + 1:]:
                if one.name != other.name or one.family == other.family:
                    continue
                # A look at all takes a while. When the one that was seen first lives still, both did at once.
                if is_alive(one.process.pid, one.process.start):
                    self.fault(
                        "two", f"{one.name}: processes {one.process.pid} (of instance {one.family}) and "
                        f"{other.process.pid} (of instance {other.family}) are alive")

    def look_for_twice(self, processes):
        restarts = [process for process in processes if self.world.is_restart(process)]
        if len(restarts) > 1 and is_alive(restarts[0].pid, restarts[0].start):
            self.fault("twice", f"restart-system: processes {[process.pid for process in restarts]} are alive")
        # Not by what they execute: what a solver forks to become the program looks like another solver.
        for name in HEARTS:
            fields = (read(f"{self.world.state}/attempts/{name}") or b"0 0").split()
            if fields[0] != b"0":
                self.solvers[name].add((int(fields[0]), int(fields[1])))
            self.solvers[name] = {solver for solver in self.solvers[name] if is_alive(*solver)}
            if len(self.solvers[name]) > 1:
                self.fault("twice", f"solvers of {name}: processes {sorted(self.solvers[name])} are alive")

    # What the files say.

    def look_at_counters(self, begun):
        # The first line is the boot.
        counted = max(len((read(f"{self.world.state}/restarts") or b"").splitlines()) - 1, 0)
        if counted < begun:
            self.fault("counter", f"restart-system began {begun} times, but {counted} are counted")
        if counted < self.counted:
            self.fault("counter", f"the counter went from {self.counted} back to {counted}")
        self.counted = counted
        for file in (f"{self.world.state}/reboot-due", f"{self.world.data}/stood-down"):
            if os.path.exists(file):
                self.fault("ladder", f"{file} exists")

    def read_problems(self):
        """The problems that there are, by name: which file each is, and when it was noticed (CLOCK_MONOTONIC)."""
        found = {}
        for name in names_in(f"{self.world.state}/problems"):
            try:
                status = os.stat(f"{self.world.state}/problems/{name}")
            except FileNotFoundError:
                continue
            # The clocks are read one after the other: held up between them, we see the problem older than it is.
            monotonic = now()
            found[name] = (status.st_ino, status.st_mtime_ns), status.st_mtime - time.time() + monotonic
        return found

    def read_incidents(self):
        """Reads what was added. A line that a killed tool could not finish is the start of one."""
        path = f"{self.world.data}/incidents.jsonl"
        if not os.path.exists(path):
            return
        with open(path, "rb") as file:
            file.seek(self.offset)
            added = file.read()
        lines = added.split(b"\n")
        self.offset += len(added) - len(lines[-1])
        for line in lines[:-1]:
            try:
                incident = json.loads(line)
            except ValueError:
                if line.startswith(b"{") and line.count(b'"time"') <= 1 and not line.endswith(b"}"):
                    self.torn += 1
                else:
                    self.fault("whole", f"incidents.jsonl: {line!r}")
                continue
            self.note(f"incident: {incident['event']} {incident.get('name', '')}: {incident['why']}")
            if incident["event"] in ("solved", "recovered"):
                self.ends[incident["name"]].append(incident["uptime"])

    def look_for_lost(self, problems, instances, processes):
        for name, (file, noticed) in self.problems.items():
            if name not in problems or problems[name][0] != file:
                self.gone.append((name, noticed, now()))
        self.problems = problems
        self.look_for_ends()

        # If we were held up ourselves, so were the tools that we run.
        was_held_up = now() - self.last_look > 1
        busy = {self.world.solved_by(process) for process in processes}
        is_restarting = any(map(self.world.is_restart, processes))
        for name in HEARTS:
            is_seen_to = name in problems or name in busy or is_restarting or was_held_up
            if is_seen_to or self.is_well(name, instances):
                self.last_good[name] = now()
                continue
            unwell = now() - self.last_good[name]
            self.longest = max(self.longest, unwell)
            if unwell > LOST_AFTER:
                self.fault("lost", f"{name} is unwell for more than {LOST_AFTER} s, and nobody noticed")

    def look_for_ends(self):
        """Looks for the incident of each problem that is gone. It was noted in memory before the problem was removed,
        and a clerk carries it to the disk: on a busy machine in its time."""
        waiting = []
        for name, noticed, since in self.gone:
            # The kernel dates files by a clock that lags.
            if any(end > noticed - 0.05 for end in self.ends[name]):
                continue
            if now() - since > CARRIED_WITHIN:
                self.fault("lost", f"problem {name}, noticed at {noticed:.3f}, is gone without an incident")
            else:
                waiting.append((name, noticed, since))
        self.gone = waiting

    def is_well(self, name, instances, limit=LIMIT):
        """Whether a program runs, and has beaten in time."""
        if not any(seen.name == name and seen.family == seen.process.pid for seen in instances):
            return False
        try:
            return time.time() - os.stat(f"{self.world.state}/beats/{name}").st_mtime < limit
        except FileNotFoundError:
            return False

    FORMS = {
        "problems": rb"[^\n]+\n[^\n]+\n(beat (-|-?\d+\.\d{9})\n)?",
        "attempts": rb"\d+ \d+ \d+ [a-z]+( (-|-?\d+\.\d{9})){4}\n",
        "pids": rb"\d+ \d+\n[0-9a-f-]{36}\n[^\n]+\n",
        "starts": rb"",
        "beats": rb"",
    }

    def look_at_files(self):
        for folder, form in self.FORMS.items():
            for name in names_in(f"{self.world.state}/{folder}"):
                self.look_at_form(f"{self.world.state}/{folder}/{name}", form)
                # Beats may be on a file system of their own, so their drafts are made beside them.
                if name not in HEARTS and (folder, name) != ("beats", ".draft"):
                    self.fault("whole", f"{folder}/{name} is there")
        for tool in TOOLS:
            self.look_at_form(f"{self.world.state}/vigils/{tool}", rb"(-?\d+\.\d{9} ?){4}\n(.+\n)*")
        self.look_at_form(f"{self.world.state}/restart-system", rb"\d+ \d+\n")
        self.look_at_form(f"{self.world.state}/stamp", rb"[0-9a-f-]{36}\n")
        for folder in (self.world.state, self.world.data):
            self.look_at_form(f"{folder}/restarts", rb"(\S+\n(\d+\.\d{9} \S+ \d+\.\d{9} [01]\n)*)?")
        known = {"incidents.jsonl", "evidence"}
        # Each with the draft that a killed writer leaves, and the next one replaces.
        for file in ["restarts", "reboots", "left", "left-before", "told", "margins-hearts", "margins-chain"]:
            known |= {file, f".{file}"}
        for name in names_in(self.world.data):
            if name not in known:
                self.fault("whole", f"data/{name} is there")

    def look_at_form(self, path, form):
        contents = read(path)
        if contents is not None and not re.fullmatch(form, contents):
            self.fault("whole", f"{path} holds {contents!r}")
