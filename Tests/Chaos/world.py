"""A box of its own for Tests/chaos."""

import os
import shutil
import signal
import subprocess
import tempfile
import time

from processes import Process, Seen, read, send, status_of
from settings import HEARTS, LIMIT, OTHERS, SETTINGS, START_LIMIT, TOOLS

HERE = os.path.dirname(os.path.abspath(__file__))


class World:
    """A configuration, a state folder and programs of their own, and the processes that belong to them."""

    def __init__(self, tools, seed):
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.path = os.path.realpath(tempfile.mkdtemp(prefix="chaos-", dir=memory))
        self.seed = seed
        self.state, self.data, self.config = (f"{self.path}/{part}" for part in ("run", "data", "etc"))
        self.environment = {
            "PATH": f"{self.path}/bin:/usr/bin:/bin", "WATCHDOG_CONFIG": self.config,
            "WATCHDOG_STATE": self.state, "WATCHDOG_DATA": self.data, "WATCHDOG_LOGS": f"{self.path}/logs",
        }
        try:
            self.fill(tools)
        except BaseException:
            shutil.rmtree(self.path)
            raise
        self.said = os.open(f"{self.path}/said", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def fill(self, tools):
        os.umask(0o022)
        for folder in ("bin", "etc/hearts", "etc/programs", "etc/solutions", "instances", "data", "logs"):
            os.makedirs(f"{self.path}/{folder}")
        # Copies, so that the executable of a process tells that it is of this world.
        for tool in TOOLS + OTHERS:
            shutil.copy(f"{tools}/{tool}", f"{self.path}/bin/{tool}")
        subprocess.run(
            ["cc", "-O1", "-Wall", "-o", f"{self.path}/bin/program", f"{HERE}/program.c"], check=True)
        for setting, value in SETTINGS.items():
            self.write(f"etc/{setting}", f"{value}\n")
        for heart in HEARTS:
            self.write(f"etc/hearts/{heart}", f"{LIMIT} {START_LIMIT}\n")
        arguments = f"{self.path} {self.seed} family=0000000000"
        run = f'#!/bin/sh\nexec {self.path}/bin/program "$WATCHDOG_HEART" {arguments}\n'
        # A name with a dot is no name of a program: restart-system passes it over.
        self.write("etc/programs/a.run", run, 0o755)
        for heart in HEARTS[:4]:
            os.symlink("a.run", f"{self.config}/programs/{heart}")
        self.write("etc/programs/b", run, 0o755)
        self.write(
            "etc/solutions/c",
            "#!/bin/sh\nkill-stamped c && "
            f"exec run-stamped --background c -- {self.path}/bin/program c {arguments}\n", 0o755)
        source = os.path.join(HERE, "../../etc/watchdog/restart-system")
        shutil.copy(source, f"{self.path}/bin/restart-system")
        # Each real begin is counted here too, after check-solutions has counted it.
        self.write(
            "etc/restart-system",
            f"#!/bin/sh\necho $$ >>{self.path}/begun\n"
            f"if rm {self.path}/hang 2>/dev/null; then\n"
            f"  exec {self.path}/bin/program hang {self.config}/restart-system\nfi\n"
            f"exec {self.path}/bin/restart-system\n", 0o755)
        self.write("faults", "")

    def write(self, name, text, mode=0o644):
        with open(f"{self.path}/{name}", "w", encoding="ascii") as file:
            file.write(text)
        os.chmod(f"{self.path}/{name}", mode)

    def start(self, *words):
        """Starts one of the tools. Returns its pid, which is ours to wait for."""
        actions = [(os.POSIX_SPAWN_DUP2, self.said, 1), (os.POSIX_SPAWN_DUP2, self.said, 2)]
        return os.posix_spawn(f"{self.path}/bin/{words[0]}", words, self.environment, file_actions=actions)

    def processes(self):
        """All living processes of this world, by what they execute."""
        found = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit() or int(entry) == os.getpid():
                continue
            try:
                exe = os.readlink(f"/proc/{entry}/exe")
                words = read(f"/proc/{entry}/cmdline").decode(errors="replace").split("\0")[:-1]
            except (OSError, AttributeError):
                continue
            if not exe.startswith(f"{self.path}/") and not any(f"{self.path}/" in word for word in words):
                continue
            status = status_of(entry)
            # One that is just about to execute something, or to end, has no words: the next look sees what comes.
            if words and status and status[1] not in "ZX":
                found.append(Process(int(entry), *status, os.path.basename(exe), words))
        return found

    def instance(self, process):
        """Which program's process it is; None when it is something else."""
        words = process.words
        if process.exe == "program" and len(words) == 5:
            family = int(words[4].partition("=")[2])
            return Seen(words[1], process, family or process.pid)
        # The script that is about to become the program.
        if len(words) == 2 and words[1].startswith(f"{self.config}/programs/"):
            return Seen(os.path.basename(words[1]), process, process.pid)
        return None

    def solved_by(self, process):
        """For which problem it is a solver of solve-problems; None when it is something else."""
        words = process.words
        if process.exe == "solve-problems" and len(words) == 3 and words[1] == "--solve":
            return words[2]
        return None

    def is_restart(self, process):
        """Whether it is a restart-system itself, and not a part of one that forked."""
        return process.session == process.pid and process.words[-1].endswith("/restart-system")

    def clear(self, keep):
        """Ends whatever is left, and removes all of it."""
        mark = f"WATCHDOG_STATE={self.state}".encode()
        for _ in range(200):
            left = {process.pid: process for process in self.processes()}
            for entry in os.listdir("/proc"):
                try:
                    ours = entry.isdigit() and mark in read(f"/proc/{entry}/environ").split(b"\0")
                except (OSError, AttributeError):
                    continue
                status = status_of(entry) if ours else None
                if status and status[1] not in "ZX":
                    left[int(entry)] = Process(int(entry), *status, "", [])
            for process in left.values():
                send(process, signal.SIGKILL)
            try:
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            except ChildProcessError:
                pass
            if not left:
                break
            time.sleep(0.01)
        stamp = (read(f"{self.state}/stamp") or b"").decode().strip()
        if stamp:
            self.remove_groups(f"watchdog-{stamp}")
        os.close(self.said)
        if keep:
            print(f"note: the world is left in {self.path}")
        else:
            shutil.rmtree(self.path)

    @staticmethod
    def remove_groups(name):
        """The control groups that kill-stamped would have removed, had it not been killed."""
        for line in read("/proc/self/mounts").decode().splitlines():
            fields = line.split()
            if fields[2] != "cgroup2":
                continue
            for folder, _, _ in os.walk(fields[1], topdown=False):
                if name in folder.split("/"):
                    try:
                        os.rmdir(folder)
                    except OSError:
                        pass
