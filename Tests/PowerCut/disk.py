"""A disk that remembers: a file, served by FUSE, of which each write and each flush is kept in its order.

A loop device makes a block device of it. A second file, `history`, takes lines, which are kept in the same order: what
stands before a flush there was written before it. FUSE is spoken as linux/fuse.h says, without a library.
"""
import ctypes
import os
import signal
import stat
import struct
import subprocess
import sys
import threading
import time

LOOKUP, FORGET, GETATTR, SETATTR, OPEN, READ, WRITE, STATFS, RELEASE, FSYNC = 1, 2, 3, 4, 14, 15, 16, 17, 18, 20
FLUSH, INIT, OPENDIR, READDIR, RELEASEDIR, ACCESS, INTERRUPT, DESTROY, BATCH_FORGET = 25, 26, 27, 28, 29, 34, 36, 38, 42
ENOENT, ENOSYS = 2, 38
ROOT, DISK, HISTORY = 1, 2, 3
NAMES = {b"disk": DISK, b"history": HISTORY}
LIBC = ctypes.CDLL(None, use_errno=True)


def mount(source, target, kind, options):
    if LIBC.mount(source.encode(), target.encode(), kind.encode(), 6, options.encode()) != 0:
        raise OSError(ctypes.get_errno(), f"unable to mount {kind} at {target}")


def stand_apart():
    """Goes on in a mount namespace of its own. Else each that anybody makes meanwhile holds what is mounted here, after it
    was unmounted too: its loop device stays, with pages of an earlier disk, and is used again for the next one."""
    if os.geteuid() == 0 and "WATCHDOG_APART" not in os.environ:
        os.environ["WATCHDOG_APART"] = "yes"
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, *sys.argv])


class Disk:
    """The log is a list of ("write", offset, bytes), ("flush",) and ("line", text)."""

    def __init__(self, image, folder, remembers=True, flush_time=0):
        """With a flush time, in seconds, each flush takes as long, and the disk does nothing else meanwhile."""
        # Who waits for this disk in the kernel cannot be killed, and a signal that ends the process ends its server first:
        # each sync of the box would hang. So the server serves on until what waits comes back and unmounts.
        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(each, lambda number, _: sys.exit(128 + number))
        self.log, self.remembers, self.flush_time = [], remembers, flush_time
        self.image = os.open(image, os.O_RDWR)
        self.size = os.fstat(self.image).st_size
        self.folder = folder
        self.fuse = os.open("/dev/fuse", os.O_RDWR)
        mount("disk", folder, "fuse", f"fd={self.fuse},rootmode=40000,user_id=0,group_id=0")
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        made = subprocess.run(["losetup", "--find", "--show", f"{folder}/disk"], capture_output=True, text=True)
        if made.returncode != 0:
            self.device = None
            self.end()
            raise OSError(made.stderr.strip())
        self.device = made.stdout.strip()

    def end(self):
        if self.device:
            subprocess.run(["losetup", "--detach", self.device], check=False)
        subprocess.run(["umount", "--lazy", self.folder], check=False)
        # A lazy unmount may have much to write still; without its file the server could not, and each sync would hang.
        self.thread.join(10)
        if not self.thread.is_alive():
            os.close(self.image)

    def serve(self):
        while True:
            try:
                request = os.read(self.fuse, (1 << 20) + 65536)
            except OSError as error:
                # ENODEV: it was unmounted.
                if error.errno == 19:
                    os.close(self.fuse)
                    return
                continue
            _, operation, unique, node = struct.unpack_from("<IIQQ", request)
            if operation in (FORGET, BATCH_FORGET, INTERRUPT):
                continue
            number, answer = self.answer(operation, node, request[40:])
            reply = struct.pack("<IiQ", 16 + len(answer), -number, unique) + answer
            try:
                os.write(self.fuse, reply)
            except OSError:
                pass

    def answer(self, operation, node, body):
        """The errno and the answer to a request."""
        if operation == INIT:
            # Big writes; requests of up to 256 pages.
            return 0, struct.pack("<IIIIHHIIHHI28x", 7, 31, 0, 1 << 5 | 1 << 22, 16, 12, 1 << 20, 1, 256, 0, 0)
        if operation == LOOKUP:
            found = NAMES.get(body.rstrip(b"\0"))
            return (0, struct.pack("<QQQQII", found, 0, 0, 0, 0, 0) + self.attributes(found)) if found else (ENOENT, b"")
        if operation in (GETATTR, SETATTR):
            return 0, struct.pack("<QII", 0, 0, 0) + self.attributes(node)
        if operation in (OPEN, OPENDIR):
            # FOPEN_DIRECT_IO: nothing is kept in the page cache.
            return 0, struct.pack("<QII", 0, 1 if operation == OPEN else 0, 0)
        if operation == READ:
            offset, size = struct.unpack_from("<QI", body, 8)
            return 0, os.pread(self.image, size, offset) if node == DISK else b""
        if operation == WRITE:
            offset, size = struct.unpack_from("<QI", body, 8)
            return 0, struct.pack("<II", self.write(node, offset, body[40:40 + size]), 0)
        if operation == FSYNC:
            time.sleep(self.flush_time)
            if self.remembers:
                self.log.append(("flush",))
            return 0, b""
        if operation == STATFS:
            return 0, struct.pack("<QQQQQIIII24x", 1 << 20, 1 << 19, 1 << 19, 0, 0, 4096, 255, 4096, 0)
        if operation in (FLUSH, RELEASE, RELEASEDIR, ACCESS, DESTROY, READDIR):
            return 0, b""
        return ENOSYS, b""

    def write(self, node, offset, data):
        if node == DISK:
            os.pwrite(self.image, data, offset)
            if self.remembers:
                self.log.append(("write", offset, data))
        else:
            self.log.extend(("line", line) for line in data.decode().splitlines())
        return len(data)

    def attributes(self, node):
        mode = stat.S_IFDIR | 0o755 if node == ROOT else stat.S_IFREG | 0o666
        size = {ROOT: 4096, DISK: self.size, HISTORY: 0}[node]
        return struct.pack("<QQQQQQIIIIIIIIII", node, size, size // 512, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)
