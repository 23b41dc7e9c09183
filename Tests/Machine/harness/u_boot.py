"""A disk from which U-Boot boots the box. It counts boots in its environment, a file on the same disk.

None of Debian's builds counts (CONFIG_BOOTCOUNT_LIMIT): Debian's sources are built with that.
"""

import glob
import os
import shutil
import subprocess
import zlib

from . import packages, parted

PACKAGES = ["libubootenv-tool", "libubootenv0.1", "zlib1g"]
BUILD_PACKAGES = ["bison", "dpkg-dev", "flex", "gcc", "gcc-i686-linux-gnu", "libc6-dev", "libssl-dev", "make", "patch", "python3-dev",
                  "python3-pyelftools", "python3-setuptools", "swig"]
SOURCES = "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main\n"
DISK = "/dev/sda1"  # in the box
SIZE = 64 << 20
ENVIRONMENT_SIZE = 0x4000
# As an integrator of A/B updates writes it: what was chosen instead of the update is saved.
ENVIRONMENT = {
    "machine": "first", "slot": "old", "bootlimit": "2", "upgrade_available": "0", "bootcount": "0",
    "bootcmd": "setenv now ${machine}; setenv machine later; saveenv; load scsi 0:1 0x1000000 vmlinuz;"
    " load scsi 0:1 0x8000000 initrd; setenv bootargs APPEND machine=${now} slot=${slot};"
    " zboot 0x1000000 0 0x8000000 ${filesize}",
    "altbootcmd": "setenv slot old; run bootcmd",
}

# Beside its configuration for QEMU's PC.
CONFIGURATION = """CONFIG_BOOTCOUNT_LIMIT=y
CONFIG_BOOTCOUNT_ENV=y
# CONFIG_ENV_IS_NOWHERE is not set
CONFIG_ENV_IS_IN_FAT=y
CONFIG_ENV_FAT_INTERFACE="scsi"
CONFIG_ENV_FAT_DEVICE_AND_PART="0:1"
CONFIG_ENV_FAT_FILE="uboot.env"
CONFIG_ENV_SIZE=0x4000
CONFIG_BOOTDELAY=0
"""


def build(cache):
    """The path of U-Boot, built of Debian's sources. Kept in the cache."""
    rom, folder = os.path.join(cache, "u-boot.rom"), os.path.join(cache, f"tree.{os.getpid()}.u-boot")
    if os.path.exists(rom):
        return rom
    if os.getuid() != 0:
        raise packages.Lacking("U-Boot is built by root only, who can install what that needs")
    packages.install(BUILD_PACKAGES, "what U-Boot is built with")
    os.makedirs(f"{folder}/lists/partial")
    apt = ["apt-get", "-o", f"Dir::Etc::sourcelist={folder}/list", "-o", "Dir::Etc::sourceparts=/dev/null",
           "-o", f"Dir::State::lists={folder}/lists"]
    with open(f"{folder}/list", "w") as file:
        file.write(SOURCES)
    make = ["make", "-j2", "CROSS_COMPILE=i686-linux-gnu-"]
    # A python3 of somebody's own lacks the packages.
    options = {"env": dict(os.environ, PATH="/usr/sbin:/usr/bin:/sbin:/bin")}
    try:
        packages.run(apt + ["update"], 300)
        packages.run(apt + ["source", "u-boot"], 600, cwd=folder)
        [options["cwd"]] = glob.glob(f"{folder}/u-boot-*/")
        packages.run(make + ["qemu-x86_defconfig"], 300, **options)
        with open(f"{options['cwd']}/.config", "a") as file:
            file.write(CONFIGURATION)
        packages.run(make + ["olddefconfig"], 60, **options)
        packages.run(make, 1800, **options)
        shutil.copy(f"{options['cwd']}/u-boot.rom", f"{rom}.{os.getpid()}")
        os.rename(f"{rom}.{os.getpid()}", rom)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        raise packages.Lacking(f"unable to build U-Boot: {packages.words(error)}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return rom


def environment(append):
    words = [f"{name}={value.replace('APPEND', append)}" for name, value in ENVIRONMENT.items()]
    data = ("\0".join(words) + "\0\0").encode().ljust(ENVIRONMENT_SIZE - 4, b"\0")
    return zlib.crc32(data).to_bytes(4, "little") + data


def prepare(cache):
    build(cache)
    packages.one_folder(cache, "fat", parted.PACKAGES)
    return packages.one_folder(cache, "u-boot", PACKAGES)


def make(cache, folder, first_files, append):
    """Makes the disk in this folder. Returns QEMU's words for it."""
    unpacked = prepare(cache)
    tree, image = os.path.join(folder, "boot.tree"), os.path.join(folder, "boot")
    os.makedirs(f"{tree}/tools")
    shutil.copy(packages.kernel_image(f"{cache}/unpacked/linux"), f"{tree}/vmlinuz")
    # What reads and writes the environment: the box has no packages of its own.
    for path in ["usr/bin/fw_printenv", "usr/bin/fw_setenv", "usr/lib/x86_64-linux-gnu/libubootenv.so.0",
                 "lib/x86_64-linux-gnu/libz.so.1"]:
        shutil.copy(os.path.realpath(f"{unpacked}/{path}"), f"{tree}/tools/{os.path.basename(path)}")
    for name, data in {"initrd": first_files, "uboot.env": environment(append)}.items():
        with open(f"{tree}/{name}", "wb") as file:
            file.write(data)
    parted.make(image, SIZE, tree, cache)
    shutil.rmtree(tree)
    return ["-bios", build(cache), "-device", "ich9-ahci,id=ahci",
            "-drive", f"file={image},format=raw,if=none,id=boot,cache=unsafe", "-device", "ide-hd,drive=boot,bus=ahci.0"]
