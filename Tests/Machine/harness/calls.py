"""Programs for the guest that make a system call which no applet of busybox makes. The guest has no compiler, so they are
in machine code.

LEASE, of the file that is its argument, which it opens: takes a lease on it (fcntl(2), F_SETLEASE) again and again.
Who starts it ignores SIGIO, by which the kernel asks for the lease.
LEAP: lets a second be inserted at the end of the day (adjtimex(2), STA_INS).
CRASH_KERNEL, of the file that is its argument: loads it for a kernel that panics (kexec_file_load(2)), without a first
file system and without words.
"""

import struct

LEASE = bytes.fromhex(
    "488b7c2410"      # mov 16(%rsp), %rdi     argv[1]
    "31f6"            # xor %esi, %esi         O_RDONLY
    "b802000000"      # mov $2, %eax           open
    "0f05"            # syscall
    "89c3"            # mov %eax, %ebx
    "89df"            # again: mov %ebx, %edi
    "be00040000"      # mov $1024, %esi        F_SETLEASE
    "ba01000000"      # mov $1, %edx           F_WRLCK
    "b848000000"      # mov $72, %eax          fcntl
    "0f05"            # syscall
    "488d3d0b000000"  # lea time(%rip), %rdi
    "31f6"            # xor %esi, %esi
    "b823000000"      # mov $35, %eax          nanosleep
    "0f05"            # syscall
    "ebdb"            # jmp again
    "0000000000000000" "80f0fa0200000000")  # time: 0 s, 50,000,000 ns

LEAP = bytes.fromhex(
    "4881ec00020000"    # sub $512, %rsp       a struct timex, all zeros
    "c7042410000000"    # movl $16, (%rsp)     modes: ADJ_STATUS
    "c744242810000000"  # movl $16, 40(%rsp)   status: STA_INS
    "4889e7"            # mov %rsp, %rdi
    "b89f000000"        # mov $159, %eax       adjtimex
    "0f05"              # syscall
    "31ff"              # xor %edi, %edi
    "b83c000000"        # mov $60, %eax        exit
    "0f05")             # syscall

CRASH_KERNEL = bytes.fromhex(
    "488b7c2410"      # mov 16(%rsp), %rdi     argv[1]
    "31f6"            # xor %esi, %esi         O_RDONLY
    "b802000000"      # mov $2, %eax           open
    "0f05"            # syscall
    "89c7"            # mov %eax, %edi
    "beffffffff"      # mov $-1, %esi          no initrd
    "ba01000000"      # mov $1, %edx           the length of its words
    "4c8d542407"      # lea 7(%rsp), %r10      which are a byte of argc that is 0
    "41b806000000"    # mov $6, %r8d           KEXEC_FILE_ON_CRASH | KEXEC_FILE_NO_INITRAMFS
    "b840010000"      # mov $320, %eax         kexec_file_load
    "0f05"            # syscall
    "89c7"            # mov %eax, %edi
    "f7df"            # neg %edi
    "b83c000000"      # mov $60, %eax          exit, with the error's number
    "0f05")           # syscall

BASE = 0x400000


def program(code):
    """An ELF file of one segment: its header, the header of the segment, the code."""
    begin = 64 + 56
    size = begin + len(code)
    ident = b"\x7fELF\x02\x01\x01" + bytes(9)
    header = ident + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, BASE + begin, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, BASE, BASE, size, size, 4096)
    return header + segment + code
