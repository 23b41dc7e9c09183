"""What all sections share: the compiled baselines, worlds of their own, and how something is measured."""
import os
import re
import shutil
import subprocess
import time

TICKED = ["mark-problems", "solve-problems", "check-solutions"]
TICK_TOOLS = ["beat", *TICKED, "kwatchdog-feeder", "each-second"]
ALL_TOOLS = [*TICK_TOOLS, "run-stamped", "kill-stamped", "watchdog-chain"]


def table(title, note, head, rows):
    """A Markdown table as lines; the first column is words, the others are figures."""
    lines = [f"## {title}", "", note, ""]
    lines.append("| " + " | ".join(head) + " |")
    lines.append("|---|" + "---:|" * (len(head) - 1))
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return [*lines, ""]


def ratio(one, other):
    return f"{one / other:.2f}" if other else "–"


class World:
    """A configuration and a state of their own, on a tmpfs."""

    def __init__(self, path):
        self.path = path
        for name in ["etc/hearts", "etc/chain", "etc/programs", "etc/solutions", "data", "logs"]:
            os.makedirs(f"{path}/{name}")
        for part in "beats problems starts pids attempts alive complaints locks drafts".split():
            os.makedirs(f"{path}/run/{part}")
        self.environment = {
            **os.environ, "WATCHDOG_CONFIG": f"{path}/etc", "WATCHDOG_STATE": f"{path}/run",
            "WATCHDOG_DATA": f"{path}/data", "WATCHDOG_LOGS": f"{path}/logs"}

    def write(self, name, text, date=None):
        with open(f"{self.path}/{name}", "w") as file:
            file.write(text)
        if date is not None:
            os.utime(f"{self.path}/{name}", (date, date))

    def hearts(self, count, limit="1000\n", age=0):
        for index in range(count):
            self.write(f"etc/hearts/h{index}", limit)
        # After the hearts: one that is given after its last beat waits for its first, which is another job.
        now = time.time()
        for index in range(count):
            self.write(f"run/beats/h{index}", "", now - age)

    def watch_since(self, seconds):
        """As if mark-problems had looked on for so long, until now."""
        wall, monotonic = time.time(), time.clock_gettime(time.CLOCK_MONOTONIC)
        os.makedirs(f"{self.path}/run/vigils", exist_ok=True)
        vigil = f"{monotonic:.9f} {wall - monotonic:.9f} {seconds:.9f} {0:.9f}\n"
        self.write("run/vigils/mark-problems", vigil)
        # The same for the job in C, which keeps it where the first version did.
        self.write("run/alive/mark-problems", f"{monotonic:.9f} {wall - monotonic:.9f} {wall - seconds:.9f}\n")

    def remove(self):
        shutil.rmtree(self.path)


class Bench:
    def __init__(self, tools, sources, folder, minutes):
        self.tools, self.sources, self.folder, self.minutes = tools, sources, folder, minutes
        self.count = 0
        for name, source, flags in [
                ("measure", "measure", []), ("herd", "herd", []), ("pulse", "pulse", []), ("pass", "pass", []),
                ("C-dynamic", "baseline", []), ("C-static", "baseline", ["-static"]),
                ("empty-dynamic", "empty", []), ("empty-static", "empty", ["-static"])]:
            command = ["cc", "-O2", *flags, "-o", f"{folder}/{name}", f"{sources}/{source}.c"]
            subprocess.run(command, check=True)

    def tool(self, name):
        return f"{self.tools}/{name}"

    def own(self, name):
        return f"{self.folder}/{name}"

    def world(self):
        self.count += 1
        return World(f"{self.folder}/world{self.count}")

    def measure(self, world, rounds, commands):
        """For each command: median, smallest, processor time (all µs), largest memory (kB)."""
        words = [str(rounds)]
        for index, command in enumerate(commands):
            words += (["---"] if index else []) + command
        answer = subprocess.run(
            [self.own("measure"), *words], env=world.environment, check=True, capture_output=True, text=True)
        return [[float(field) for field in line.split()] for line in answer.stdout.splitlines()]

    def instructions(self, world, command):
        # Once as it is: valgrind is slow, and a run that follows no other within 5 s begins to watch anew.
        subprocess.run(command, env=world.environment, capture_output=True)
        answer = subprocess.run(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command],
            env=world.environment, capture_output=True, text=True)
        found = re.search(r"Collected : (\d+)", answer.stderr)
        return int(found.group(1)) if found else 0

    def system_calls(self, world, command):
        log = f"{self.folder}/strace"
        subprocess.run(["strace", "-qq", "-o", log, *command], env=world.environment, capture_output=True)
        with open(log) as file:
            return sum(1 for line in file if "(" in line)
