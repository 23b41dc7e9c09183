"""A private world, as those of Tests/chaos, in which one run of a tool is disturbed once."""

import os
import shutil
import signal
import subprocess
import tempfile
import time

import settings

# Only what is needed: a program that is well, one that is broken by a scene, and one with a solution.
settings.HEARTS[:] = ["a-1", "b", "c"]
from processes import now, read, send, status_of, Process  # noqa: E402
from world import World  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = settings.TOOLS
OTHERS = settings.OTHERS + ["kwatchdog-feeder", "beat", "watchdog-chain"]
# A solver must not be killed for being slow where many worlds share a processor.
SETTINGS = dict(settings.SETTINGS, **{"solve-time": 8, "restart-within": 15, "solve-within": 30})
# Between two ticks, in seconds: the vigils count what is watched up to two.
TICK = 0.5


def prepare_executables(folder, tools):
    """Compiles and copies once what all worlds link to."""
    for tool in TOOLS + OTHERS:
        shutil.copy(f"{tools}/{tool}", f"{folder}/{tool}")
    for name, source in [("program", "../Chaos/program.c"), ("injector", "injector.c")]:
        command = ["cc", "-std=gnu11", "-O1", "-Wall", "-Wextra", "-o", f"{folder}/{name}", f"{HERE}/{source}"]
        subprocess.run(command, check=True)
    shutil.copy(f"{HERE}/../../etc/watchdog/restart-system", f"{folder}/restart-system")


class NotSet(Exception):
    """The scene could not be set: nothing was tried."""


class Box(World):
    """A world with the hearts a-1, b and c, whose programs run and beat."""

    def __init__(self, executables):
        self.before = {}
        self.tools = executables
        self.seen, self.looked = [], 0.0
        super().__init__(executables, 1)

    def clear(self, keep):  # noqa: ARG002
        """Ends whatever runs in this namespace, which is of this world alone."""
        assert os.getpid() == 1
        for _ in range(100):
            try:
                os.kill(-1, signal.SIGKILL)
            except ProcessLookupError:
                pass
            shutil.rmtree(self.path, ignore_errors=True)
            if not os.path.exists(self.path):
                break
            time.sleep(0.01)
        os.close(self.said)

    def fill(self, tools):
        os.umask(0o022)
        for folder in ("bin", "etc/hearts", "etc/programs", "etc/solutions", "etc/chain", "instances", "data", "logs"):
            os.makedirs(f"{self.path}/{folder}")
        for name in TOOLS + OTHERS + ["program", "injector", "restart-system"]:
            os.link(f"{tools}/{name}", f"{self.path}/bin/{name}")
        for setting, value in SETTINGS.items():
            self.write(f"etc/{setting}", f"{value}\n")
        for heart in settings.HEARTS:
            self.write(f"etc/hearts/{heart}", f"{settings.LIMIT} {settings.START_LIMIT}\n")
        self.arguments = f"{self.path} 1 family=0000000000"
        for heart in ("a-1", "b"):
            self.write(
                f"etc/programs/{heart}",
                f"#!/bin/sh\n[ ! -e {self.path}/broken-{heart} ] || exit 1\n"
                f"exec {self.path}/bin/program {heart} {self.arguments}\n", 0o755)
        self.write(
            "etc/solutions/c",
            "#!/bin/sh\nkill-stamped c && "
            f"exec run-stamped --background c -- {self.path}/bin/program c {self.arguments}\n", 0o755)
        self.write(
            "etc/restart-system",
            f"#!/bin/sh\necho $$ >>{self.path}/begun\nexec {self.path}/bin/restart-system\n", 0o755)

    # What is done in it.

    def run(self, *words, limit=20):
        """Runs a tool to its end. Returns its exit code, or None where it hangs."""
        process = self.popen(words)
        try:
            return process.wait(limit)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return None

    def popen(self, words):
        return subprocess.Popen(
            [f"{self.path}/bin/{words[0]}", *words[1:]], env=self.environment, stdin=subprocess.DEVNULL,
            stdout=self.said, stderr=self.said, cwd="/")

    def tick(self, without=None):
        """What each-second does in a second. Returns the tools that failed to end."""
        return [tool for tool in TOOLS if tool != without and self.run(tool, limit=10) is None]

    def begin(self):
        """Starts the programs, and waits until all beat."""
        self.tick()
        for heart in ("a-1", "b"):
            self.run("run-stamped", "--background", heart)
        self.run("run-stamped", "--background", "c", "--", f"{self.path}/bin/program", "c", *self.arguments.split())
        self.ticks_until(lambda: all(self.age(heart) < 1 for heart in settings.HEARTS), 5)
        self.before = {heart: self.noted(heart) for heart in settings.HEARTS}

    def ticks_until(self, condition, seconds):
        end = now() + seconds
        while not condition():
            if now() > end:
                raise NotSet(self.path)
            self.tick()
            time.sleep(TICK)

    def stop(self, heart):
        """Lets a program hang."""
        process = self.noted(heart)
        send(process, 19)

    def end(self, heart):
        send(self.noted(heart), 9)
        while self.is_running(heart):
            time.sleep(0.01)

    # What is seen of it.

    def processes(self):
        """As they were within a tenth of a second, for a look at all of them is not cheap."""
        if now() - self.looked > 0.1:
            self.seen, self.looked = super().processes(), now()
        return self.seen

    def age(self, heart):
        try:
            return time.time() - os.stat(f"{self.state}/beats/{heart}").st_mtime
        except FileNotFoundError:
            return float("inf")

    def noted(self, heart):
        fields = (read(f"{self.state}/pids/{heart}") or b"0 0").split()
        return Process(int(fields[0]), int(fields[1]), "", 0, 0, "", [])

    def is_running(self, heart):
        process = self.noted(heart)
        status = status_of(process.pid)
        return status is not None and status[0] == process.start and status[1] not in "ZX"

    def has(self, path):
        return os.path.lexists(f"{self.path}/{path}")


def shared_folder():
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    return tempfile.mkdtemp(prefix="faults-", dir=memory)
