"""The box: a first file system in memory that finds the disk, and the disk.

The disk is a file that QEMU shows to the guest as persistent memory. So a write costs no time that would not
be the guest's, and each run begins with a copy of the same disk, which survives a reset.
"""

import contextlib
import glob
import hashlib
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
    mknod mount mv nc pidof poweroff ps reboot renice rm rmdir rmmod sed seq setsid sleep sort stat swapoff
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


class Machine:
    """What QEMU is started with."""

    def __init__(self, cache, tools):
        packages.have_qemu()
        os.makedirs(cache, exist_ok=True)
        remove_leftovers(cache)
        self.cache = cache
        self.unpacked, self.versions = packages.fetch(cache)
        self.kernel = packages.unpack_kernel(self.unpacked, cache)
        self.initramfs = self.make_initramfs()
        self.tools = tools
        self.disk = self.make_disk(tools)
        self.systemd = None
        self.lock = threading.Lock()

    def make_initramfs(self):
        archive = Archive()
        for folder in ["proc", "sys", "dev", "root"]:
            archive.folder(folder)
        archive.node("dev/console", 5, 1)
        archive.copy(f"{self.unpacked}/busybox-static/bin/busybox", "bin/busybox")
        archive.copy(f"{HERE}/guest/init", "init")
        for list_name, names in [("base", packages.BASE_MODULES)] + [
                (name, [name]) for name in packages.OTHER_MODULES] + list(packages.DRIVERS.items()):
            paths = packages.modules(self.unpacked, names)
            archive.file(f"modules/{list_name}",
                         "".join(f"{os.path.basename(path)}\n" for path in paths))
            for path in paths:
                if f"modules/{os.path.basename(path)}" not in archive.folders:
                    archive.folders.add(f"modules/{os.path.basename(path)}")
                    archive.copy(path, f"modules/{os.path.basename(path)}", 0o644)
        # For faults of the disk, which must be made from something that is not on it.
        archive.copy(f"{self.unpacked}/dmsetup/sbin/dmsetup", "faults/dmsetup")
        found = libraries(self.unpacked)
        for library in ["ld-linux-x86-64.so.2", "libc.so.6", "libm.so.6", "libdevmapper.so.1.02.1",
                        "libselinux.so.1", "libudev.so.1", "libpcre2-8.so.0"]:
            archive.copy(os.path.realpath(found[library]), f"faults/{library}")
        return archive

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

    def disk_for(self, scenario):
        """The disk that a scenario begins with. That with systemd is made for the first who wants it."""
        if "systemd" not in scenario.box:
            return self.disk
        with self.lock:
            if not self.systemd:
                self.systemd = self.make_systemd_disk()
        return self.systemd

    def make_systemd_disk(self):
        root = os.path.join(self.cache, f"tree.{os.getpid()}.systemd")
        image = os.path.join(self.cache, f"disk.{os.getpid()}.systemd")
        try:
            packages.run([f"{HERE}/guest/make-systemd-disk", TREE, self.tools, packages.debian(self.cache), root,
                          image, SYSTEMD_DISK_SIZE], 600)
        except subprocess.SubprocessError as error:
            raise packages.Lacking(f"unable to make the disk with systemd: {packages.words(error)}")
        finally:
            shutil.rmtree(root, ignore_errors=True)
        return image

    def first_files(self, extra):
        """The first file system, with the files of one scenario: path to contents."""
        if not hasattr(self, "base"):
            self.base = self.initramfs.bytes()
        archive = Archive()
        for path, data in extra.items():
            archive.file(path, data, 0o755)
        return self.base + archive.bytes()

    def fingerprint(self):
        """Tells one set of executables from another."""
        with open(self.disk, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()[:12]

    def close(self):
        for disk in filter(None, [self.disk, self.systemd]):
            if os.path.exists(disk):
                os.remove(disk)
