"""A run of QEMU: the lines of its serial port, and what it says of itself over QMP."""

import calendar
import json
import os
import queue
import re
import socket
import subprocess
import tempfile
import threading
import time

from . import loader

APPEND = ("console=ttyS0 loglevel=3 panic=0 tsc=reliable no_timer_check random.trust_cpu=on nokaslr norandmaps "
          "mitigations=off")

# Where the kernel keeps its last words in memory, 1 MB of the 256 MB.
RAMOOPS = "0xf000000"
# So many seconds a box that hibernates is off, by its clock chip: longer than a heart may be late.
OFF = 100
DEVICES = {
    "i6300esb": ["-device", "i6300esb"],
    "ib700": ["-device", "ib700"],
    "ipmi": ["-device", "ipmi-bmc-sim,id=bmc", "-device", "isa-ipmi-kcs,bmc=bmc"],
    # Part of the chip set, which resets nothing unless it is strapped so.
    "itco": ["-global", "ICH9-LPC.noreboot=false"],
}


class Qemu:
    """Lines and events come out of one queue, as ("line", text) and ("event", name, data).

    A reset ends the process, and another one goes on from there with the same disk and the same clock chip:
    within one, QEMU may skip the time until its next timer while there is no guest, a day at once.
    """

    def __init__(self, cache, box, first_files, device, is_real_time, clock, speed, kinds):
        self.folder = tempfile.mkdtemp(prefix=f"box.{os.getpid()}.", dir=cache)
        self.queue = queue.Queue()
        self.path = {name: os.path.join(self.folder, name) for name in ("initrd", "disk", "qmp", "gdb")}
        self.has_loader = bool(loader.of(kinds))
        self.append = APPEND
        kind = "q35,nvdimm=on" if device == "itco" else "pc,nvdimm=on"
        if self.has_loader:
            boot = loader.LOADERS[loader.of(kinds)].make(cache, self.folder, first_files, APPEND)
        else:
            with open(self.path["initrd"], "wb") as file:
                file.write(first_files)
            boot = ["-kernel", box.image if "s3" in kinds else box.kernel, "-initrd", self.path["initrd"]]
        if "ramoops" in kinds:
            # A reset leaves it as it is, though another process goes on from there.
            kind += ",memory-backend=memory"
            boot += ["-object", f"memory-backend-file,id=memory,share=on,size=256M,mem-path={self.folder}/memory"]
            self.append += f" memmap=1M${RAMOOPS}"
        self.off = 0
        if "swap" in kinds:
            self.off = OFF
            swap = f"{self.folder}/swap"
            subprocess.run(["truncate", "-s", "600M", swap], check=True)
            subprocess.run(["mkswap", "-q", swap], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            boot += ["-drive", f"file={swap},format=raw,if=none,id=swap", "-device", "virtio-blk-pci,drive=swap"]
        if "kdump" in kinds:
            self.append += " crashkernel=128M"
        if "cgroup-v1" in kinds:
            self.append += " systemd.unified_cgroup_hierarchy=0 systemd.legacy_systemd_cgroup_controller=1"
        subprocess.run(["cp", "--sparse=always", box.disk, self.path["disk"]], check=True)
        self.command = [
            # A harness that is killed leaves no box behind, which would compute for ever.
            "setpriv", "--pdeathsig", "KILL",
            "qemu-system-x86_64", "-machine", kind, "-accel", "tcg,thread=single",
            # Without the long way of a PC's BIOS, but for a chip set that is to be set up, and what wakes from S3.
            *([] if device == "itco" or self.has_loader or "s3" in kinds else ["-bios", "qboot.rom"]),
            "-cpu", "qemu64", "-m", box.memory, "-smp", "1", "-nodefaults",
            "-display", "none", "-serial", "stdio",
            "-action", "watchdog=reset,reboot=shutdown,shutdown=pause",
            "-qmp", f"unix:{self.path['qmp']},server=on,wait=off",
            "-chardev", f"socket,path={self.path['gdb']},server=on,wait=off,id=gdb",
            "-gdb", "chardev:gdb",
            "-object", f"memory-backend-file,id=disk,share=on,mem-path={self.path['disk']},"
            f"size={os.path.getsize(box.disk)}",
            "-device", "nvdimm,memdev=disk",
            *boot,
        ]
        self.command += DEVICES.get(device, [])
        if device != "itco":
            # A timer each second, so that no more than that is skipped while there is no guest. A q35 would not start.
            self.command += ["-netdev", "hubport,id=net,hubid=0",
                             "-object", "filter-buffer,id=clock,netdev=net,interval=1000000"]
        self.kind_of_clock = "clock=host" if is_real_time or "s3" in kinds else "clock=vm"
        if not is_real_time:
            self.command += ["-icount", f"shift={speed},sleep=off"]
        self._start(clock, " machine=first")

    def _start(self, clock, words=""):
        base = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(clock))
        for name in ("qmp", "gdb"):
            if os.path.exists(self.path[name]):
                os.remove(self.path[name])
        self.process = subprocess.Popen(
            self.command + ["-rtc", f"base={base},{self.kind_of_clock}"]
            + ([] if self.has_loader else ["-append", self.append + words]),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.reader = threading.Thread(target=self._read_lines, args=[self.process], daemon=True)
        self.reader.start()
        self.qmp = self._connect("qmp")
        self.replies = queue.Queue()
        self.qmp_file = self.qmp.makefile("rw")
        self.qmp_file.readline()
        threading.Thread(target=self._read_events, args=[self.qmp_file], daemon=True).start()
        self.execute("qmp_capabilities")

    def _stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        # All that it said is in the queue then.
        self.reader.join(10)
        self.qmp.close()

    def computed(self):
        """How long its process has computed, in seconds of the processor."""
        try:
            with open(f"/proc/{self.process.pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            return 0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def boot_again(self, last):
        """After a reset. `last` is the last time that is known from the guest."""
        chip = self.execute("qom-get", path="/machine", property="rtc-time")["return"]
        self._stop()
        clock = calendar.timegm((chip["tm_year"] + 1900, chip["tm_mon"] + 1, chip["tm_mday"],
                                 chip["tm_hour"], chip["tm_min"], chip["tm_sec"]))
        if clock > last + 3600:
            raise OSError("qemu skipped time at the reset")
        self._start(clock + self.off)
        self.off = 0

    def _connect(self, name):
        for _ in range(100):
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(self.path[name])
                return connection
            except OSError:
                connection.close()
                time.sleep(0.05)
        raise OSError(f"qemu does not answer: {self.queue.get(timeout=1)}")

    def _read_lines(self, process):
        for line in process.stdout:
            self.queue.put(("line", line.decode("utf-8", "replace").rstrip("\r\n")))
        self.queue.put(("end", process))

    def _read_events(self, file):
        try:
            for line in file:
                said = json.loads(line)
                if "event" in said:
                    self.queue.put(("event", said["event"], said.get("data", {})))
                else:
                    self.replies.put(said)
        except (OSError, ValueError):
            pass

    def execute(self, command, **arguments):
        self.qmp_file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.qmp_file.flush()
        return self.replies.get(timeout=30)

    def type(self, words):
        """Has somebody at the console type a line."""
        self.process.stdin.write(words.encode() + b"\r")
        self.process.stdin.flush()

    def hang(self):
        """Switches the processor's interrupts off for good, wherever it is, as a broken driver would."""
        debugger = self._connect("gdb")
        debugger.settimeout(10)

        said = b""

        def ask(text):
            """Sends a packet, and returns what is answered. That it has stopped is told in between."""
            nonlocal said
            debugger.sendall(f"${text}#{sum(text.encode()) % 256:02x}".encode())
            while True:
                found = re.search(rb"\$([^#]*)#..", said)
                if not found:
                    said += debugger.recv(4096)
                    continue
                said = said[found.end():]
                debugger.sendall(b"+")
                if not found.group(1).startswith((b"T", b"S")):
                    return found.group(1).decode()

        registers = bytearray.fromhex(ask("g"))
        # Sixteen registers and the instruction pointer, eight bytes each; then the flags.
        flags = int.from_bytes(registers[136:140], "little") & ~0x200
        registers[136:140] = flags.to_bytes(4, "little")
        pointer = int.from_bytes(registers[128:136], "little")
        answers = [ask("G" + registers.hex()), ask(f"M{pointer:x},2:ebfe"), ask("D")]
        debugger.close()
        if answers != ["OK"] * 3:
            raise OSError(f"qemu's debugger refuses: {answers}")
        # It waits for us to let the guest go on.
        self.execute("cont")

    def close(self):
        self._stop()
        for name in os.listdir(self.folder):
            os.remove(os.path.join(self.folder, name))
        os.rmdir(self.folder)
