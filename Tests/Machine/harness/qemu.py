"""A run of QEMU: the lines of its serial port, and what it says of itself over QMP."""

import json
import os
import queue
import socket
import subprocess
import tempfile
import threading
import time

APPEND = ("console=ttyS0 loglevel=3 panic=0 tsc=reliable no_timer_check random.trust_cpu=on nokaslr norandmaps "
          "mitigations=off")


class Qemu:
    """Lines and events come out of one queue, as ("line", text) and ("event", name, data)."""

    def __init__(self, machine, first_files, device, is_real_time, clock, speed):
        self.folder = tempfile.mkdtemp(dir=machine.cache)
        self.queue = queue.Queue()
        initrd = os.path.join(self.folder, "initrd")
        with open(initrd, "wb") as file:
            file.write(first_files)
        self.path = {name: os.path.join(self.folder, name) for name in ("qmp", "gdb")}
        command = [
            "qemu-system-x86_64", "-machine", "pc,nvdimm=on", "-bios", "qboot.rom", "-accel", "tcg,thread=single",
            "-cpu", "qemu64", "-m", "256,slots=2,maxmem=1G", "-smp", "1", "-nodefaults",
            "-display", "none", "-serial", "stdio",
            # Paused at each reset: else idle time may be skipped while there is no guest, a day at once.
            "-action", "watchdog=reset,reboot=shutdown,shutdown=pause",
            "-qmp", f"unix:{self.path['qmp']},server=on,wait=off",
            "-chardev", f"socket,path={self.path['gdb']},server=on,wait=off,id=gdb",
            "-gdb", "chardev:gdb",
            "-object", f"memory-backend-file,id=disk,share=off,mem-path={machine.disk},"
            f"size={os.path.getsize(machine.disk)}",
            "-device", "nvdimm,memdev=disk",
            "-kernel", machine.kernel, "-initrd", initrd, "-append", APPEND,
        ]
        if device == "i6300esb":
            command += ["-device", "i6300esb"]
        if is_real_time:
            command += ["-rtc", f"base={clock},clock=host"]
        else:
            command += ["-rtc", f"base={clock},clock=vm", "-icount", f"shift={speed},sleep=off"]
        self.command = command
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        threading.Thread(target=self._read_lines, daemon=True).start()
        self.qmp = self._connect("qmp")
        self.replies = queue.Queue()
        self.qmp_file = self.qmp.makefile("rw")
        self.qmp_file.readline()
        threading.Thread(target=self._read_events, daemon=True).start()
        self.execute("qmp_capabilities")

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

    def _read_lines(self):
        for line in self.process.stdout:
            self.queue.put(("line", line.decode("utf-8", "replace").rstrip("\r\n")))
        self.queue.put(("end",))

    def _read_events(self):
        try:
            for line in self.qmp_file:
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

    def boot_again(self):
        self.execute("set-action", reboot="reset")
        self.execute("system_reset")
        self.execute("cont")

    def hang(self):
        """Switches the processor's interrupts off for good, wherever it is, as a broken driver would."""
        debugger = self._connect("gdb")
        debugger.settimeout(10)

        def packet(text):
            sum_of_bytes = sum(text.encode()) % 256
            debugger.sendall(f"${text}#{sum_of_bytes:02x}".encode())

        def answer():
            data = b""
            while not (b"#" in data and len(data.split(b"#", 1)[1]) >= 2):
                data += debugger.recv(4096)
            debugger.sendall(b"+")
            return data.split(b"$", 1)[1].split(b"#", 1)[0].decode()

        packet("?")
        answer()
        packet("g")
        registers = bytearray.fromhex(answer())
        # Sixteen registers and the instruction pointer, eight bytes each; then the flags.
        flags = int.from_bytes(registers[136:140], "little") & ~0x200
        registers[136:140] = flags.to_bytes(4, "little")
        pointer = int.from_bytes(registers[128:136], "little")
        packet("G" + registers.hex())
        answer()
        # And it goes nowhere from there: a jump to itself.
        packet(f"M{pointer:x},2:ebfe")
        answer()
        packet("D")
        answer()
        debugger.close()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.qmp.close()
        for name in os.listdir(self.folder):
            os.remove(os.path.join(self.folder, name))
        os.rmdir(self.folder)
