"""The tools of other machines: how large they are, and how many instructions a run takes in QEMU's emulation, where a
time would be the emulator's. Of what etc/build --for has built; what was not is left out."""
import glob
import os
import shutil
import subprocess

from bench import ALL_TOOLS, TICK_TOOLS, table

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# The emulator, and where its C library is.
EMULATED = {
    "x86_64": ("qemu-x86_64-static", "/"), "arm64": ("qemu-aarch64-static", "/usr/aarch64-linux-gnu"),
    "armhf": ("qemu-arm-static", "/usr/arm-linux-gnueabihf"), "armv6": ("qemu-arm-static", "/"),
    "riscv64": ("qemu-riscv64-static", "/usr/riscv64-linux-gnu"), "i386": ("qemu-i386-static", "/usr/i686-linux-gnu"),
}


def instructions(bench, world, emulator, command):
    """With one instruction in each piece that the emulator translates, each piece that it enters is a line."""
    subprocess.run([emulator, *command], env=world.environment, capture_output=True)
    log = f"{bench.folder}/instructions"
    subprocess.run([emulator, "-singlestep", "-d", "exec,nochain", "-D", log, *command], env=world.environment,
                   capture_output=True)
    with open(log, errors="replace") as file:
        count = sum(1 for line in file if line.startswith("Trace"))
    os.remove(log)
    return count


def run(bench):
    rows = []
    for folder in sorted(glob.glob(f"{TREE}/.build-*/release")):
        target = os.path.basename(os.path.dirname(folder)).removeprefix(".build-")
        target = "x86_64" if target == "tiny" else target
        name = target.removesuffix("-musl")
        if name not in EMULATED or not all(os.path.exists(f"{folder}/{tool}") for tool in ALL_TOOLS):
            continue
        size = {tool: os.path.getsize(f"{folder}/{tool}") / 1000 for tool in ALL_TOOLS}
        emulator, library = EMULATED[name]
        counts = ["–", "–"]
        if shutil.which(emulator):
            world = bench.world()
            world.hearts(1)
            world.environment["QEMU_LD_PREFIX"] = library
            for index, command in enumerate([["mark-problems"], ["beat", "h0"]]):
                command = [f"{folder}/{command[0]}", *command[1:]]
                counts[index] = f"{instructions(bench, world, emulator, command) / 1000:.0f}"
            world.remove()
        rows.append([
            target, f"{size['mark-problems']:.0f}", f"{size['watchdog-chain']:.0f}",
            f"{sum(size[tool] for tool in TICK_TOOLS):.0f}", f"{sum(size.values()):.0f}", *counts])
    return table(
        "Other machines",
        "Sizes in kB (1,000 bytes), of the executables as they are installed. Instructions in thousands, of a run with one "
        "heart and nothing to do, in emulation and with what the dynamic linker does; a static one (-musl) has none.",
        ["target", "mark-problems", "watchdog-chain", "the tick path", "all of them", "mark-problems, instructions",
         "beat, instructions"], rows)
