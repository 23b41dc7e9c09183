"""What is done to the tools and the programs."""

import collections
import fcntl
import os
import select
import signal
import time

from processes import names_in, now, read, send
from settings import HEARTS, ROUND, TOOLS, WELL_WITHIN

# What is done in a round, and how often of a hundred times.
ACTS = [
    (32, "kill-one"),           # one of the three tools, at an instant within its run
    (8, "kill-all"),            # all three of them
    (16, "kill-young-solvers"), # solvers, just when solve-problems has started them
    (12, "kill-solvers"),       # solvers, at any instant
    (8, "kill-helpers"),        # kill-stamped and run-stamped, which solutions and restart-system run
    (4, "kill-restart"),        # restart-system, but not what it started
    (1, "hang-restart"),        # the next restart-system hangs
    (3, "kill-each-second"),    # a tool that each-second runs at the same time, or each-second itself
    (5, "stop-one"),            # a tool stands still for a moment, as on a busy box
    (8, "stop-solvers"),        # so do the solvers and what they run
    (3, "nothing"),
]


class Chaos:
    """Runs the tools, and kills them."""

    def __init__(self, world, judge, dice):
        self.world = world
        self.judge = judge
        self.dice = dice
        self.hits = collections.Counter()
        self.tries = collections.Counter()
        self.durations = {tool: 0.003 for tool in TOOLS}
        self.stopped = []
        self.helpers = []

    # One round.

    def round(self, act):
        end = now() + ROUND
        victims, stopped = [], None
        if act == "kill-one":
            victims = [self.dice.choice(TOOLS)]
        elif act == "kill-all":
            victims = TOOLS
        elif act == "stop-one":
            stopped = self.dice.choice(TOOLS)
        elif act == "hang-restart":
            self.world.write("hang", "")
        elif act == "kill-each-second":
            self.kill_each_second()
        for tool in TOOLS:
            self.run(tool, tool in victims, tool == stopped)
            if act == "kill-young-solvers" and tool == "solve-problems":
                time.sleep(self.dice.uniform(0, 0.008))
                self.kill(act, self.world.solved_by)
        if act == "kill-solvers":
            self.hunt(act, self.world.solved_by)
        elif act == "kill-restart":
            self.hunt(act, self.world.is_restart)
        elif act == "kill-helpers":
            self.hunt(act, self.is_helper)
        elif act == "stop-solvers":
            self.stop_solvers()
        self.judge.look()
        self.forget_attempts()
        time.sleep(max(end - now(), 0))
        self.let_go_on(now())

    def run(self, tool, is_killed=False, is_stopped=False):
        """Runs a tool to its end, or until it is killed within the time that it usually takes."""
        begin = now()
        pid = self.world.start(tool)
        descriptor = os.pidfd_open(pid)
        instant = self.dice.uniform(0, min(self.durations[tool], 0.02))
        if is_killed:
            self.tries[tool] += 1
            time.sleep(instant)
            os.kill(pid, signal.SIGKILL)
        elif is_stopped:
            time.sleep(instant)
            os.kill(pid, signal.SIGSTOP)
            time.sleep(self.dice.uniform(0.02, 0.4))
            os.kill(pid, signal.SIGCONT)
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        if not poll.poll(15_000):
            self.judge.fault("hang", f"{tool} (process {pid}) did not exit within 15 s")
            os.kill(pid, signal.SIGKILL)
        status = os.waitpid(pid, 0)[1]
        os.close(descriptor)
        if is_killed and os.WIFSIGNALED(status):
            self.hits[tool] += 1
            self.judge.note(f"killed {tool} {1000 * instant:.1f} ms after its start")
        elif not is_killed and not is_stopped:
            self.durations[tool] = 0.9 * self.durations[tool] + 0.1 * (now() - begin)

    # Acts of chaos.

    def kill(self, act, is_meant):
        for process in self.world.processes():
            if not is_meant(process):
                continue
            self.tries[act] += 1
            if send(process, signal.SIGKILL):
                self.hits[act] += 1
                self.judge.note(f"killed {process.pid}, child of {process.parent}: {' '.join(process.words)}")

    def is_helper(self, process):
        return process.exe in ("kill-stamped", "run-stamped")

    def hunt(self, act, is_meant):
        """Waits a little for somebody to kill, and lets them go on for a moment."""
        end = now() + ROUND
        while now() < end and not any(map(is_meant, self.world.processes())):
            time.sleep(0.002)
        time.sleep(self.dice.choice([0, 0.005, 0.03, 0.3]) * self.dice.random())
        self.kill(act, is_meant)

    def stop_solvers(self):
        for process in self.world.processes():
            is_meant = self.world.solved_by(process) or self.is_helper(process)
            if is_meant and send(process, signal.SIGSTOP):
                self.hits["stop-solvers"] += 1
                self.stopped.append((now() + self.dice.uniform(0.02, 0.6), process))
                self.judge.note(f"stopped {process.pid}: {' '.join(process.words)}")

    def let_go_on(self, until):
        for due, process in self.stopped:
            if due <= until:
                send(process, signal.SIGCONT)
        self.stopped = [(due, process) for due, process in self.stopped if due > until]

    def kill_each_second(self):
        """Waits for the second, and kills what each-second runs then; sometimes each-second too."""
        # Ticker.phase: the work begins 20 ms after the full second.
        time.sleep((1.02 - time.time() % 1) % 1 + self.dice.uniform(0, 0.01))
        self.kill("kill-each-second", lambda process: process.parent in self.helpers)
        if self.dice.random() < 0.2:
            self.kill("kill-each-second", lambda process: process.exe == "each-second")

    def keep_each_second(self):
        """Two generations of each-second run the same tools beside us, so that two of a kind meet."""
        self.helpers = [pid for pid in self.helpers if os.waitpid(pid, os.WNOHANG)[0] == 0]
        while len(self.helpers) < 2:
            self.helpers.append(self.world.start("each-second", "--lifetime", "20", *TOOLS))

    def end_each_second(self):
        for pid in self.helpers:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        self.helpers = []

    def forget_attempts(self):
        """Takes away the memory of attempts for programs that are well, now and then.

        The pauses between attempts grow to a minute, and only a minute without problems makes them short again.
        Programs that fail each few seconds would be mended by restart-system alone after a while. What it is
        done under is solve-problems' own lock, and only for attempts that ended by themselves.
        """
        if self.dice.random() > 0.2:
            return
        path = f"{self.world.state}/locks/solve-problems"
        if not os.path.exists(path):
            return
        with open(path, encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            for name in names_in(f"{self.world.state}/attempts"):
                path = f"{self.world.state}/attempts/{name}"
                is_problem = os.path.exists(f"{self.world.state}/problems/{name}")
                if not is_problem and read(path).startswith(b"0 0 "):
                    os.remove(path)

    # The end.

    def settle(self):
        """Runs the tools without any fault until all is well. Returns how long it took."""
        os.remove(f"{self.world.path}/faults")
        if os.path.exists(f"{self.world.path}/hang"):
            os.remove(f"{self.world.path}/hang")
        self.let_go_on(float("inf"))
        begin = now()
        well_since = None
        while now() - begin < WELL_WITHIN + 3:
            self.keep_each_second()
            for tool in TOOLS:
                self.run(tool)
            self.judge.look()
            processes = self.world.processes()
            instances = [seen for seen in map(self.world.instance, processes) if seen]
            unwell = [name for name in HEARTS if not self.judge.is_well(name, instances, limit=1)]
            unwell += [f"problem {name}" for name in self.judge.problems]
            unwell += [f"incident of {name} not on the disk" for name, _, _ in self.judge.gone]
            unwell += [
                " ".join(process.words) for process in processes
                if self.world.solved_by(process) or self.world.is_restart(process)]
            if unwell:
                well_since = None
            elif well_since is None:
                well_since = now()
            elif now() - well_since > 3:
                return well_since - begin
            time.sleep(ROUND)
        self.judge.fault("well", f"not well: {', '.join(unwell)}")
        return now() - begin

    def clear_up(self):
        """Ends the world as an administrator would, and looks what is left."""
        self.end_each_second()
        time.sleep(0.5)
        self.run("mark-problems")
        for name in names_in(f"{self.world.state}/drafts"):
            if not os.path.exists(f"/proc/{name.rpartition('.')[2]}"):
                self.judge.fault("rest", f"drafts/{name} is left")
        pid = self.world.start("kill-stamped")
        if os.waitpid(pid, 0)[1] != 0:
            self.judge.fault("rest", "kill-stamped did not succeed")
        for process in self.world.processes():
            self.judge.fault("rest", f"process {process.pid} is left: {' '.join(process.words)}")
