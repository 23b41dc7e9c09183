"""Boards of other machines in QEMU: which there are, what each is made of, and a run of one."""

import glob
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Machine"))

from harness import packages  # noqa: E402
from harness.cpio import Archive  # noqa: E402
from harness.packages import Lacking, run, words  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
TREE = os.path.dirname(os.path.dirname(HERE))
# In the order in which they are loaded; what they need comes before them, and what is not there is part of the kernel.
MODULES = ["crc32c_generic", "ext4"]
VIRTIO = ("vda", ["virtio_pci", "virtio_blk"], ["-device", "virtio-blk-pci,drive=disk", "-drive", "if=none,id=disk"])
VIRTIO_MMIO = ("vda", ["virtio_mmio", "virtio_blk"],
               ["-device", "virtio-blk-device,drive=disk", "-drive", "if=none,id=disk"])


class Board:
    """A machine of QEMU with a watchdog device."""

    def __init__(self, name, target, qemu, package, kernel, console, arguments, driver, disk=VIRTIO, dtb=None, words="",
                 suite=None):
        self.name = name
        self.target = target  # of etc/build
        self.qemu = qemu
        self.package = package  # which package has QEMU
        self.kernel = kernel  # Debian's package that depends on the newest kernel
        self.console = console
        self.arguments = arguments
        self.driver = driver
        self.disk, self.disk_modules, self.disk_arguments = disk
        self.dtb = dtb  # a file of the kernel's package, where QEMU makes none
        self.words = words  # for the kernel
        self.suite = suite  # of Debian, whose kernel and busybox it has; else the first that has them


ARM64_VIRT = ("arm64-musl", "qemu-system-aarch64", "qemu-system-arm", "linux-image-arm64", "ttyAMA0",
              ["-M", "virt", "-cpu", "cortex-a53", "-device", "i6300esb"])
# A kernel that hides its addresses changes the page tables at each system call, for which the emulator flushes all it knows.
QUICK_ARM64 = "nokaslr kpti=off"
BOARDS = [
    Board("arm64-virt", *ARM64_VIRT, "i6300esb", words=QUICK_ARM64),
    # The oldest kernel of Debian's that can be had, near the oldest that the tools take (5.6), and the newest. The oldest
    # has no driver of the card.
    Board("arm64-virt-bullseye", *ARM64_VIRT, "softdog", words=QUICK_ARM64, suite="bullseye"),
    Board("arm64-virt-trixie", *ARM64_VIRT, "i6300esb", words=QUICK_ARM64, suite="trixie"),
    Board("riscv64-virt", "riscv64-musl", "qemu-system-riscv64", "qemu-system-misc", "linux-image-riscv64", "ttyS0",
          ["-M", "virt"], "softdog"),  # Debian's kernel has no driver of any watchdog of QEMU's
    Board("x86_64-pc", "x86_64-musl", "qemu-system-x86_64", "qemu-system-x86", "linux-image-amd64", "ttyS0",
          ["-M", "pc", "-accel", "tcg,thread=single", "-cpu", "qemu64", "-device", "i6300esb"], "i6300esb",
          words="tsc=reliable no_timer_check nokaslr mitigations=off"),
    # Debian's kernels for armhf have no driver of the PCI card.
    Board("armhf-virt", "armhf-musl", "qemu-system-arm", "qemu-system-arm", "linux-image-armmp", "ttyAMA0",
          ["-M", "virt,highmem=off", "-cpu", "cortex-a15"], "softdog", disk=VIRTIO_MMIO, words="nokaslr"),
    # The watchdog of a chip. The first place for a card waits for a chip that tells whether there is one, and whose driver
    # is another module; the second one looks.
    Board("armhf-imx6ul", "armhf-musl", "qemu-system-arm", "qemu-system-arm", "linux-image-armmp", "ttymxc0",
          ["-M", "mcimx6ul-evk"], "imx2_wdt", disk=("mmcblk*[0-9]", ["sdhci_esdhc_imx", "mmc_block"],
                                                   ["-drive", "if=sd,index=1"]),
          dtb="imx6ul-14x14-evk.dtb"),
]


def have_qemu(board):
    """Installs QEMU where it is missing."""
    if shutil.which(board.qemu):
        return
    if os.getuid() != 0 or not shutil.which("apt-get"):
        raise Lacking(f"{board.qemu} is missing: apt-get install {board.package}")
    print(f"installing {board.package}", file=sys.stderr, flush=True)
    try:
        run(["apt-get", "update"], 300)
        run(["apt-get", "install", "-y", "--no-install-recommends", board.package], 600,
            env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"))
    except (subprocess.SubprocessError, OSError) as error:
        raise Lacking(f"unable to install {board.package}: {words(error)}")


def apt(board, folder, suite, *arguments):
    """apt-get for the packages of another machine, as etc/building/target has it."""
    script = f'. "{TREE}/etc/building/target" && choose_target "$1" && shift && cd "$1" && shift || exit; ' \
             'apt_for "$PWD/apt" "$@"; result=$?; cat "$PWD/apt/words"; exit $result'
    return run(["sh", "-c", script, "apt", board.target, folder, suite, *arguments], 900)


def fetch(board, cache):
    """Unpacks a kernel and a busybox of Debian's; returns the folder that holds both."""
    unpacked = os.path.join(cache, "unpacked")
    if os.path.exists(os.path.join(unpacked, "whole")):
        return unpacked
    shutil.rmtree(cache, ignore_errors=True)
    os.makedirs(unpacked)
    print(f"fetching the kernel of {board.name}", file=sys.stderr, flush=True)
    ours = run(["sh", "-c", f'. "{TREE}/etc/building/target" && suites'], 10).split()
    for suite in [board.suite] if board.suite else ours:
        try:
            apt(board, cache, suite, "update")
            said = apt(board, cache, suite, "-s", "--no-install-recommends", "install", board.kernel)
            kernel = re.search(r"Inst (linux-image-[0-9]\S+)", said).group(1)
            apt(board, cache, suite, "download", kernel, "busybox-static")
            break
        except (subprocess.SubprocessError, AttributeError) as error:
            said = words(error)
    else:
        raise Lacking(f"unable to fetch {board.kernel} and busybox-static: {said}")
    for path in glob.glob(f"{cache}/*.deb"):
        part = "linux" if os.path.basename(path).startswith("linux") else "busybox"
        run(["dpkg-deb", "-x", path, f"{unpacked}/{part}"], 300)
        os.remove(path)
    run(["find", f"{unpacked}/linux", "-name", "*.ko.xz", "-exec", "xz", "-d", "{}", "+"], 600)
    open(os.path.join(unpacked, "whole"), "w").close()
    return unpacked


def first_files(board, unpacked, package):
    """The box, as an archive that the kernel unpacks: busybox, the modules, and the chain's tar."""
    archive = Archive()
    for folder in ["proc", "sys", "dev", "root", "etc", "var/log"]:
        archive.folder(folder)
    archive.node("dev/console", 5, 1)
    busybox = [path for path in glob.glob(f"{unpacked}/busybox/**/busybox", recursive=True) if "/bin/" in path]
    archive.copy(busybox[0], "bin/busybox")
    archive.copy(f"{HERE}/guest/init", "init")
    modules = packages.modules(unpacked, board.disk_modules + MODULES + [board.driver])
    archive.file("modules/order", "".join(f"{name}\n" for name in modules))
    for name, data in modules.items():
        archive.file(f"modules/{name}", data)
    with tempfile.TemporaryDirectory() as folder:
        run(["tar", "-xzf", package, "-C", folder], 60)
        top = os.path.join(folder, os.listdir(folder)[0])
        for here, _, names in os.walk(top):
            for name in names:
                path = os.path.join(here, name)
                archive.copy(path, os.path.join("package", os.path.relpath(path, top)), os.stat(path).st_mode & 0o777)
    return archive.bytes()


def executables(board):
    """The executable that is built last, of those that are built for a board."""
    return os.path.join(TREE, f".build-{board.target}", "release", "watchdog-chain")


def kernel(unpacked):
    """The file that QEMU starts."""
    return sorted(glob.glob(f"{unpacked}/linux/boot/vmlinu*"))[-1]


class Run:
    """One life of a board, from its first boot to its last word. A reset ends QEMU, and it is started once more."""

    def __init__(self, board, unpacked, files, folder, limit, log):
        self.board = board
        self.log = log  # a file that gets each line as it comes
        self.lines = []  # (which boot, seconds since it, words)
        self.resets = []
        disk = os.path.join(folder, "disk")
        initrd = os.path.join(folder, "initrd")
        with open(initrd, "wb") as file:
            file.write(files)
        run(["mke2fs", "-q", "-t", "ext4", disk, "32M"], 60)
        self.command = [
            "setpriv", "--pdeathsig", "KILL", board.qemu, *board.arguments, "-m", "512", "-smp", "1", "-nodefaults",
            "-display", "none", "-serial", "stdio", "-icount", "shift=4,sleep=off",
            "-rtc", "base=2026-01-01T00:00:00,clock=vm", "-action", "watchdog=reset,reboot=shutdown",
            "-kernel", kernel(unpacked), "-initrd", initrd, *board.disk_arguments[:-1],
            f"{board.disk_arguments[-1]},format=raw,file={disk}", "-append",
            f"console={board.console} loglevel=4 panic=-1 random.trust_bootloader=on disk={board.disk} {board.words}"]
        if board.dtb:
            self.command += ["-dtb", glob.glob(f"{unpacked}/linux/**/{board.dtb}", recursive=True)[0]]
        self.socket = os.path.join(folder, "qmp")
        self.deadline = time.monotonic() + limit
        self.boot(0)
        # What was not reset has nothing to tell of it.
        if self.was_reset():
            self.boot(1)

    def was_reset(self):
        """Whether the device ended the first boot. softdog does it as the kernel does, which never reboots by itself here."""
        if self.board.driver == "softdog":
            return any(boot == 0 and data.get("reason") == "guest-reset" for boot, _, data in self.resets)
        return any(boot == 0 and event == "WATCHDOG" for boot, event, _ in self.resets)

    def boot(self, number):
        process = subprocess.Popen(
            self.command + ["-qmp", f"unix:{self.socket},server=on,wait=off"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        killer = threading.Timer(max(self.deadline - time.monotonic(), 1), process.kill)
        killer.start()
        events = threading.Thread(target=self.listen, args=[number], daemon=True)
        events.start()
        try:
            for line in process.stdout:
                text = line.decode("utf-8", "replace").rstrip()
                print(number, text, file=self.log, flush=True)
                found = re.match(r"@([0-9.]+) (.*)", text)
                self.lines.append((number, float(found.group(1)) if found else None, found.group(2) if found else text))
        finally:
            killer.cancel()
            process.wait()
            events.join(5)
            if os.path.exists(self.socket):
                os.remove(self.socket)

    def listen(self, number):
        """Takes down what QEMU says of its watchdog device."""
        connection = socket.socket(socket.AF_UNIX)
        for _ in range(100):
            try:
                connection.connect(self.socket)
                break
            except OSError:
                time.sleep(0.05)
        try:
            connection.sendall(b'{"execute": "qmp_capabilities"}\n')
            for line in connection.makefile():
                said = json.loads(line)
                if said.get("event") in ("WATCHDOG", "RESET", "SHUTDOWN"):
                    print(number, said["event"], said.get("data", {}), file=self.log, flush=True)
                    self.resets.append((number, said["event"], said.get("data", {})))
        except (OSError, ValueError):
            pass

    def when(self, boot, word):
        """The second of that boot in which it said this first, and the rest of the line; None when it did not."""
        for number, second, text in self.lines:
            if number == boot and second is not None and text.split(" ")[0] == word:
                return second, text[len(word) + 1:]
        return None
