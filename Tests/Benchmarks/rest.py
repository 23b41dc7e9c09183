"""The whole chain at rest with twenty hearts, beside others that watch as many files."""
import os
import shutil
import subprocess
import time

from bench import TICKED, ratio, table

HEARTS = 20


def install():
    missing = [name for name in ("watchdog", "monit") if not shutil.which(name)]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
        subprocess.run(command, capture_output=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    return [name for name in ("watchdog", "monit") if not shutil.which(name)]


def memory(pid):
    """What a process has for itself, in kB: proportional set size."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return 0


def family(pid):
    """A process and its descendants."""
    pids = [pid]
    for here in pids:
        try:
            with open(f"/proc/{here}/task/{here}/children") as file:
                pids += [int(word) for word in file.read().split()]
        except OSError:
            pass
    return pids


class Runner:
    """A program that is looked at until its time is over."""

    def __init__(self, name, command, world, lives_on=True):
        self.name, self.command, self.world, self.lives_on = name, command, world, lives_on
        self.log = open(f"{world.path}/logs/{name.replace(' ', '-')}", "w+")
        self.processes, self.samples = [], []
        self.processor = self.switches = self.written = 0
        self.start()

    def start(self):
        """Once, or each minute, as cron does it."""
        if not self.processes or not self.lives_on:
            self.processes.append(subprocess.Popen(
                self.command, env=self.world.environment, stdout=self.log, stderr=self.log))

    def look(self):
        alive = [process for process in self.processes if process.returncode is None]
        for process in alive:
            self.note(process)
        self.samples.append(sum(memory(pid) for process in alive for pid in family(process.pid)))

    def note(self, process):
        """What it has used so far is seen before it is collected: then nobody can ask any more."""
        try:
            with open(f"/proc/{process.pid}/io") as file:
                process.written = int(next(line for line in file if line.startswith("write_bytes")).split()[1])
        except (OSError, StopIteration):
            pass
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            self.collect(process, usage)

    def collect(self, process, usage):
        process.returncode = 0
        self.processor += usage.ru_utime + usage.ru_stime
        self.switches += usage.ru_nvcsw
        self.written += getattr(process, "written", 0)

    def end(self):
        for process in self.processes:
            if process.returncode is None:
                self.note(process)
            if process.returncode is None:
                os.kill(process.pid, 9)
                self.collect(process, os.wait4(process.pid, 0)[2])
        self.log.seek(0)
        self.lines = sum(1 for _ in self.log)


def neighbours(bench, missing):
    """Those that are there, each watching twenty files once a second, and a row for each that is not."""
    runners, rows = [], []
    world = bench.world()
    world.hearts(HEARTS)
    files = [f"{world.path}/run/beats/h{index}" for index in range(HEARTS)]
    if "watchdog" not in missing:
        text = "interval = 1\nlogtick = 0\nlog-dir = " + world.path + "/logs\n"
        text += "".join(f"file = {file}\nchange = 100000\n" for file in files)
        world.write("watchdog.conf", text)
        command = ["watchdog", "-F", "-c", f"{world.path}/watchdog.conf", "-b"]
        runners.append(Runner("Debian's watchdog", command, world))
    if "monit" not in missing:
        text = f"set daemon 1\nset pidfile {world.path}/monit.pid\nset statefile {world.path}/monit.state\n"
        text += f"set idfile {world.path}/monit.id\n"
        text += "".join(
            f"check file f{index} with path {file}\n  if timestamp > 1000 minutes then alert\n"
            for index, file in enumerate(files))
        world.write("monit.conf", text)
        os.chmod(f"{world.path}/monit.conf", 0o600)
        runners.append(Runner("monit", ["monit", "-I", "-c", f"{world.path}/monit.conf"], world))
    rows += [[f"{name}: not installed", *["–"] * 6] for name in missing]
    return runners, rows


def run(bench):
    missing = install()
    world = bench.world()
    world.hearts(HEARTS)
    world.write("etc/chain/mark-problems", "10\n")
    os.mkfifo(f"{world.path}/device")
    reader = os.open(f"{world.path}/device", os.O_RDWR | os.O_NONBLOCK)
    world.write("etc/device", f"{world.path}/device\n")
    plain = bench.world()
    runners = [
        Runner("each-second and our three tools",
               [bench.tool("each-second"), *(bench.tool(name) for name in TICKED)], world, lives_on=False),
        Runner("each-second and three empty programs",
               [bench.tool("each-second"), *[bench.own("empty-dynamic")] * 3], plain, lives_on=False),
        Runner("kwatchdog-feeder", [bench.tool("kwatchdog-feeder")], world, lives_on=False)]
    others, rows = neighbours(bench, missing)
    runners += others
    begun = minute = time.monotonic()
    while time.monotonic() - begun < bench.minutes * 60:
        time.sleep(1)
        if time.monotonic() - minute >= 60:
            minute += 60
            for runner in runners:
                runner.start()
        for runner in runners:
            runner.look()
    passed = time.monotonic() - begun
    for runner in runners:
        runner.end()
    os.close(reader)
    empty = runners[1].processor
    figures = []
    for runner in runners:
        figures.append([
            runner.name, f"{runner.processor / passed * 3600:.1f}", ratio(runner.processor, empty),
            f"{sorted(runner.samples)[len(runner.samples) // 2]:,}", f"{runner.switches / passed:.1f}", runner.written,
            f"{runner.lines * 3600 / passed:.0f}"])
    return table(
        f"{bench.minutes:g} minutes at rest, {HEARTS} hearts or files, once a second",
        "Processor seconds in an hour, with the ratio to each-second running three empty programs in dynamic C; what "
        "stays in memory (PSS, median, two generations of each helper); waits in a second; bytes written to a disk; "
        "lines of log in an hour. cron's own processes are not counted. busybox' watchdog watches no files.",
        ["what", "processor", "ratio", "kB", "waits", "written", "lines"], figures + rows)
