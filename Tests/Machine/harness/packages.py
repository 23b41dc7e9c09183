"""What the machine is made of: Debian's packages, fetched with apt-get and unpacked, never installed.

Only qemu-system-x86 has to run here and is installed where that may be done.
"""

import glob
import lzma
import os
import re
import shutil
import struct
import subprocess
import sys

# Parts of the guest. The kernel package is the one that linux-image-amd64 depends on.
GUEST_PACKAGES = [
    "busybox-static", "coreutils", "cron", "dash", "dmsetup",
    "libaudit1", "libc6", "libcap-ng0", "libdevmapper1.02.1", "libgcc-s1", "libpam-modules", "libpam0g",
    "libpcre2-8-0", "libselinux1", "libudev1", "util-linux",
]
DEBIAN_PACKAGES = ("systemd-sysv,udev,dbus,cron,kmod,procps,util-linux,bsdutils,login,passwd,logrotate,"
                   "busybox-static")
# In the order in which they are loaded; what they depend on comes before them.
BASE_MODULES = ["libnvdimm", "nfit", "nd_pmem", "crc32c_generic", "ext4"]
OTHER_MODULES = ["softdog", "i6300esb", "dm-mod", "dm-delay", "overlay", "msr", "fuse", "pretimeout_panic",
                 "ramoops"]
# For who kills dpkg at a certain call.
STRACE_PACKAGES = ["strace", "libunwind8"]
# Of devices whose drivers have other names. The first two are none of watchdog_dev.c's, and have no folder in sysfs. The
# last are the disks that boot loaders boot from.
DRIVERS = {"ib700": ["ib700wdt"], "ipmi": ["ipmi_si", "ipmi_watchdog"], "itco": ["lpc_ich", "iTCO_wdt"],
           "grub": ["virtio_pci", "virtio_blk"],
           "systemd-boot": ["virtio_pci", "virtio_blk", "vfat", "nls_cp437", "nls_ascii", "efivarfs"],
           "u-boot": ["ahci", "sd_mod", "vfat", "nls_cp437", "nls_ascii"]}


class Lacking(Exception):
    """Something is not to be had on this machine; the text says what, and what to do."""


def run(command, timeout, **options):
    return subprocess.run(
        command, timeout=timeout, check=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options).stdout


def have_qemu():
    """Installs QEMU where it is missing."""
    if shutil.which("qemu-system-x86_64"):
        return
    if os.getuid() != 0 or not shutil.which("apt-get"):
        raise Lacking("qemu-system-x86_64 is missing: apt-get install qemu-system-x86")
    print("installing qemu-system-x86", file=sys.stderr, flush=True)
    try:
        run(["apt-get", "update"], 300)
        run(["apt-get", "install", "-y", "--no-install-recommends", "qemu-system-x86"], 600,
            env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"))
    except (subprocess.SubprocessError, OSError) as error:
        raise Lacking(f"unable to install qemu-system-x86: {words(error)}")


def words(error):
    """The last line that a command said, or the error itself."""
    said = (getattr(error, "output", None) or "").strip().splitlines()
    return said[-1] if said else str(error)


def kernel_package():
    said = run(["apt-cache", "depends", "linux-image-amd64"], 60)
    found = re.search(r"Depends: (linux-image-\S+)", said)
    if not found:
        raise Lacking("apt knows no linux-image-amd64: apt-get update")
    return found.group(1)


def fetch(cache):
    """Downloads and unpacks what is not in the cache yet.

    Returns the folder that holds each package unpacked, by its name, and the versions.
    """
    unpacked = os.path.join(cache, "unpacked")
    record = os.path.join(unpacked, "VERSIONS")
    if os.path.exists(record) and all(
            os.path.exists(os.path.join(unpacked, name)) for name in GUEST_PACKAGES):
        return unpacked, open(record).read().split("\n")
    return unpacked, download(unpacked, GUEST_PACKAGES, has_kernel=True)


def one_folder(cache, name, wanted):
    """These packages, all unpacked into one folder. Kept in the cache."""
    folder = os.path.join(cache, name)
    if not os.path.exists(os.path.join(folder, "VERSIONS")):
        download(folder, wanted, into="")
    return folder


def strace(cache):
    """strace, unpacked into one folder. Kept in the cache."""
    return one_folder(cache, "strace", STRACE_PACKAGES)


def install(wanted, why):
    """Installs what a build needs on this machine."""
    try:
        run(["apt-get", "install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"] + wanted, 600,
            env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"))
    except (subprocess.SubprocessError, OSError) as error:
        raise Lacking(f"unable to install {why}: {words(error)}")


def download(target, packages, has_kernel=False, into=None):
    """Downloads packages and unpacks each into a folder of its name, or all into one. Returns their versions."""
    for tool in ["apt-get", "apt-cache", "dpkg-deb", "mke2fs"]:
        if not shutil.which(tool):
            raise Lacking(f"{tool} is missing: this needs Debian's packages")
    shutil.rmtree(target, ignore_errors=True)
    downloads = f"{target}.packages"
    shutil.rmtree(downloads, ignore_errors=True)
    os.makedirs(downloads)
    os.makedirs(target)

    def names():
        return ([kernel_package()] if has_kernel else []) + packages

    try:
        try:
            run(["apt-get", "download"] + names(), 600, cwd=downloads)
        except (subprocess.SubprocessError, Lacking):
            run(["apt-get", "update"], 300)
            run(["apt-get", "download"] + names(), 600, cwd=downloads)
    except (subprocess.SubprocessError, OSError) as error:
        raise Lacking(f"unable to reach Debian's packages: {words(error)}")
    versions = []
    for path in sorted(glob.glob(os.path.join(downloads, "*.deb"))):
        name, version, _ = os.path.basename(path).split("_")
        name = "linux" if name.startswith("linux-image") else name
        run(["dpkg-deb", "-x", path, os.path.join(target, name if into is None else into)], 300)
        versions.append(f"{name} {version.replace('%3a', ':')}")
    shutil.rmtree(downloads)
    with open(os.path.join(target, "VERSIONS"), "w") as file:
        file.write("\n".join(versions))
    return versions


def debian(cache, release):
    """A small Debian with systemd, made by debootstrap. Kept in the cache."""
    root = os.path.join(cache, f"debian-{release}")
    if os.path.exists(root):
        return root
    if os.getuid() != 0:
        raise Lacking("a box with systemd can be made by root only (debootstrap)")
    if not shutil.which("debootstrap"):
        install(["debootstrap"], "debootstrap")
    draft = f"{root}.{os.getpid()}"
    print(f"making a Debian ({release}) with debootstrap", file=sys.stderr, flush=True)
    for attempt in range(2):  # a mirror may be busy
        try:
            run(["debootstrap", "--variant=minbase", f"--include={DEBIAN_PACKAGES}", release, draft,
                 "http://deb.debian.org/debian"], 1200)
            os.rename(draft, root)
            return root
        except (subprocess.SubprocessError, OSError) as error:
            shutil.rmtree(draft, ignore_errors=True)
            if attempt:
                raise Lacking(f"unable to make a Debian: {words(error)}")
    raise Lacking("unable to make a Debian")


def kernel_of(cache, release):
    """The folder with the unpacked kernel of a release. That of a later one than this machine's is fetched by its own apt."""
    if release == "bookworm":
        return f"{cache}/unpacked/linux"
    linux = f"{cache}/linux-{release}"
    if os.path.exists(linux):
        return linux
    root = debian(cache, release)
    try:
        said = run(["chroot", root, "apt-cache", "depends", "linux-image-amd64"], 60)
        name = re.search(r"Depends: (linux-image-\S+)", said).group(1)
        run(["chroot", root, "sh", "-c", f"cd /tmp && apt-get download {name}"], 600)
        [package] = glob.glob(f"{root}/tmp/linux-image-*.deb")
        run(["dpkg-deb", "-x", package, f"{linux}.{os.getpid()}"], 300)
        os.remove(package)
        os.rename(f"{linux}.{os.getpid()}", linux)
    except (subprocess.SubprocessError, OSError, AttributeError, ValueError) as error:
        raise Lacking(f"unable to fetch the kernel of {release}: {words(error)}")
    return linux


def kernel_image(linux):
    [image] = glob.glob(f"{linux}/boot/vmlinuz-*")
    return image


def unpack_kernel(linux, target):
    """The ELF file in the bzImage, which need not unpack itself. That takes seconds, in which its clock stands still: a reset
    would be seen so much later than it was."""
    if not os.path.exists(target):
        with open(kernel_image(linux), "rb") as file:
            image = file.read()
        # boot.rst of the kernel: setup_sects, payload_offset and payload_length. The last four bytes say how much it unpacks to.
        offset, length = struct.unpack_from("<II", image, 0x248)
        begin = (image[0x1F1] + 1) * 512 + offset
        packed = image[begin:begin + length - 4]
        with open(target + ".new", "wb") as file:
            is_xz = packed.startswith(b"\xfd7zXZ")
            file.write(lzma.LZMADecompressor().decompress(packed) if is_xz else unpack_zstd(packed))
        os.rename(target + ".new", target)
    return target


def unpack_zstd(packed):
    if not shutil.which("zstd"):
        raise Lacking("zstd is missing, by which this kernel is packed: apt-get install zstd")
    return subprocess.run(["zstd", "-dc"], input=packed, stdout=subprocess.PIPE, check=True, timeout=120).stdout


def modules(linux, names):
    """The contents of these kernel modules and of all that they need, by the names of the files, in the order in which they
    load. What is not there is part of the kernel."""
    files = {
        os.path.basename(path).split(".")[0].replace("-", "_"): path
        for path in glob.glob(f"{linux}/**/modules/*/kernel/**/*.ko*", recursive=True)}
    order = {}

    def add(name):
        path = files.get(name.replace("-", "_"))
        if path is None or os.path.basename(path).removesuffix(".xz") in order:
            return
        with (lzma.open(path) if path.endswith(".xz") else open(path, "rb")) as file:
            data = file.read()
        found = re.search(rb"\0depends=([^\0]*)\0", data)
        for needed in found.group(1).decode().split(",") if found else []:
            if needed:
                add(needed)
        order[os.path.basename(path).removesuffix(".xz")] = data

    for name in names:
        add(name)
    return order
