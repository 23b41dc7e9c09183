"""The box: a first file system in memory that finds the disk, and the disk.

The disk is a file that QEMU shows to the guest as persistent memory. So a write costs no time that would not
be the guest's, and each run begins with a copy of the same disk, which survives a reset.
"""

import contextlib
import glob
import os
import re
import shutil
import subprocess
import threading

from . import packages
from .cpio import Archive

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TREE = os.path.dirname(os.path.dirname(HERE))
DISK_SIZE = "96M"
SYSTEMD_DISK_SIZE = "400M"

APPLETS = """
    [ adjtimex awk cat chmod chown cmp cp cut date dd df dirname dmesg env false find fsfreeze getty
    grep halt head hostname hwclock id init insmod ionice kill killall klogd ln logger ls lsmod mkdir mkfifo
    mknod mktemp mount mv nc pidof poweroff ps reboot renice rm rmdir rmmod sed seq setsid sleep sort stat swapoff
    swapon sync sysctl syslogd tail tee test timeout top touch tr true truncate umount uname uniq unshare vi watch
    wc wget which xargs
""".split()


def libraries(unpacked):
    found = {}
    for package in sorted(os.listdir(unpacked)):
        if package.startswith("lib"):
            for folder in ["lib", "usr/lib"]:
                for path in glob.glob(f"{unpacked}/{package}/{folder}/x86_64-linux-gnu/*.so*"):
                    found[os.path.basename(path)] = path
    return found


def remove_leftovers(cache):
    """What harnesses that were killed have left behind: the number of the process is in each name."""
    for name in os.listdir(cache):
        found = re.fullmatch(r"(?:tree|disk|files|box)\.(\d+)(?:\..*)?", name)
        if found and not os.path.exists(f"/proc/{found.group(1)}"):
            path = os.path.join(cache, name)
            if os.path.isdir(path):
                shutil.rmtree(path, ignore_errors=True)
            else:
                with contextlib.suppress(FileNotFoundError):  # another harness was quicker
                    os.remove(path)


class Box:
    """What a scenario's box is booted with: its disk, its kernel (unpacked, and as it was: QEMU puts the former into memory at each
    reset, and at waking from S3), the first file system, and its memory."""

    def __init__(self, disk, kernel, image, first, memory):
        self.disk, self.kernel, self.image, self.first, self.memory = disk, kernel, image, first, memory

    def first_files(self, extra):
        """The first file system, with the files of one scenario: path to contents."""
        archive = Archive()
        for path, data in extra.items():
            archive.file(path, data, 0o755)
        return self.first + archive.bytes()


class Machine:
    """All the boxes that there are, each made for the first who wants it."""

    def __init__(self, cache, tools):
        packages.have_qemu()
        os.makedirs(cache, exist_ok=True)
        remove_leftovers(cache)
        self.cache = cache
        self.unpacked, self.versions = packages.fetch(cache)
        self.tools = tools
        self.boxes = {}
        self.lock = threading.Lock()
        small = Box(self.make_disk(tools), packages.unpack_kernel(f"{self.unpacked}/linux", f"{cache}/vmlinux"),
                    packages.kernel_image(f"{self.unpacked}/linux"), self.first(f"{self.unpacked}/linux"), "256,slots=2,maxmem=1G")
        self.boxes[None] = small

    def first(self, linux):
        """The first file system, with the modules of this kernel."""
        archive = Archive()
        for folder in ["proc", "sys", "dev", "root"]:
            archive.folder(folder)
        archive.node("dev/console", 5, 1)
        archive.copy(f"{self.unpacked}/busybox-static/bin/busybox", "bin/busybox")
        archive.copy(f"{HERE}/guest/init", "init")
        for list_name, names in [("base", packages.BASE_MODULES)] + [
                (name, [name]) for name in packages.OTHER_MODULES] + list(packages.DRIVERS.items()):
            files = packages.modules(linux, names)
            archive.file(f"modules/{list_name}", "".join(f"{name}\n" for name in files))
            for name, data in files.items():
                if f"modules/{name}" not in archive.folders:
                    archive.folders.add(f"modules/{name}")
                    archive.file(f"modules/{name}", data)
        # For faults of the disk, which must be made from something that is not on it.
        archive.copy(f"{self.unpacked}/dmsetup/sbin/dmsetup", "faults/dmsetup")
        found = libraries(self.unpacked)
        for library in ["ld-linux-x86-64.so.2", "libc.so.6", "libm.so.6", "libdevmapper.so.1.02.1",
                        "libselinux.so.1", "libudev.so.1", "libpcre2-8.so.0"]:
            archive.copy(os.path.realpath(found[library]), f"faults/{library}")
        return archive.bytes()

    def make_disk(self, tools):
        """The tree of a Debian-like box, with etc/install's work in it, as a file system."""
        root = os.path.join(self.cache, f"tree.{os.getpid()}")
        image = os.path.join(self.cache, f"disk.{os.getpid()}")
        script = f"{HERE}/guest/make-disk"
        files = os.path.join(self.cache, f"files.{os.getpid()}")
        shutil.rmtree(root, ignore_errors=True)
        try:
            with open(files, "w") as file:
                for name, path in sorted(libraries(self.unpacked).items()):
                    file.write(f"{os.path.realpath(path)} {name}\n")
            command = [script, TREE, tools, self.unpacked, root, image, DISK_SIZE, files] + APPLETS
            if os.getuid() != 0:
                command = ["unshare", "--map-root-user"] + command
            packages.run(command, 600)
        except subprocess.SubprocessError as error:
            raise packages.Lacking(f"unable to make the disk: {packages.words(error)}")
        finally:
            shutil.rmtree(root, ignore_errors=True)
            if os.path.exists(files):
                os.remove(files)
        return image

    def box_for(self, release, has_package=False):
        """That with systemd of this release of Debian, with etc/install's work in it or the package; or the small one."""
        key = f"{release}.package" if has_package else release
        with self.lock:
            if key not in self.boxes:
                linux = packages.kernel_of(self.cache, release)
                kernel = (self.boxes[None].kernel if release == "bookworm"
                          else packages.unpack_kernel(linux, f"{self.cache}/vmlinux-{release}"))
                self.boxes[key] = Box(
                    self.make_systemd_disk(release, key), kernel, packages.kernel_image(linux), self.first(linux),
                    "512,slots=2,maxmem=2G")
        return self.boxes[key]

    def make_systemd_disk(self, release, key):
        root = os.path.join(self.cache, f"tree.{os.getpid()}.{key}")
        image = os.path.join(self.cache, f"disk.{os.getpid()}.{key}")
        try:
            packages.run([f"{HERE}/guest/make-systemd-disk", TREE, self.tools, packages.debian(self.cache, release),
                          root, image, SYSTEMD_DISK_SIZE]
                         + ([] if key == release else [packages.strace(self.cache)]), 600)
        except subprocess.SubprocessError as error:
            raise packages.Lacking(f"unable to make the disk with systemd: {packages.words(error)}")
        finally:
            shutil.rmtree(root, ignore_errors=True)
        return image

    def close(self):
        for box in self.boxes.values():
            if os.path.exists(box.disk):
                os.remove(box.disk)
