"""What the kernel takes from a child before it opens a file: other files, the network, other programs and processes.

Each layer stands alone, and one that this kernel or machine lacks is left out here and told on the page of health,
which tries the doors instead of believing in versions (sandbox/doors.py).
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any


def _where_it_works(library: str) -> Any:
    with suppress(ImportError, OSError, RuntimeError):
        return import_module(library)
    return None


landlockpy = _where_it_works("landlockpy")
pyseccomp = _where_it_works("pyseccomp")  # needs the system's libseccomp.so.2

_ROOT = Path(__file__).resolve().parent.parent
_PDEATHSIG, _DUMPABLE, _NO_NEW_PRIVS = 1, 4, 38  # of prctl(2)
_NEW_USER, _NEW_NETWORK, _NEW_IPC = 0x10000000, 0x40000000, 0x08000000  # of unshare(2)
_LIBC = ctypes.CDLL(None, use_errno=True)

# Beside the interpreter: what its libraries load late, fonts for PDF without their own, zones of time. Nothing under /etc or /home.
_SYSTEM = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/X11/fonts",
    "/usr/share/zoneinfo", "/dev/urandom",
)  # fmt: skip
# Files that are open or may be opened, memory, time. No socket, process, program, thread, limit or device is among them.
_CALLS = (
    "read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "lseek", "close", "close_range", "fsync",
    "fdatasync", "ftruncate", "fallocate", "fadvise64", "open", "openat", "access", "faccessat", "faccessat2", "stat", "lstat",
    "fstat", "newfstatat", "statx", "statfs", "fstatfs", "readlink", "readlinkat", "getcwd", "getdents", "getdents64", "rename",
    "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "umask", "flock", "dup", "dup2", "dup3",
    "copy_file_range", "sendfile", "mmap", "munmap", "mprotect", "mremap", "madvise", "msync", "mincore", "mlock", "munlock", "brk",
    "membarrier", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "sigaltstack", "restart_syscall", "futex",
    "futex_waitv", "set_robust_list", "get_robust_list", "rseq", "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep",
    "gettimeofday", "time", "times", "poll", "ppoll", "select", "pselect6", "sched_yield", "sched_getaffinity", "getcpu", "getpid",
    "getppid", "gettid", "getuid", "geteuid", "getgid", "getegid", "getgroups", "getpgrp", "getsid", "getrlimit", "getrusage",
    "uname", "sysinfo", "getrandom", "exit", "exit_group",
)  # fmt: skip
_FLAGS_OF_FILES = (0x5401, 0x5450, 0x5451)  # ioctl: is it a terminal, close it on exec or not


def give_up_privileges() -> None:
    """Once in the zygote, for all its children: no set-uid program helps, no other process looks in."""
    _LIBC.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    _LIBC.prctl(_DUMPABLE, 0, 0, 0, 0)


def leave_the_network() -> None:
    """Into namespaces of our own, where these are allowed; a second wall behind the calls that no child may make."""
    if _LIBC.unshare((0 if os.geteuid() == 0 else _NEW_USER) | _NEW_NETWORK | _NEW_IPC) != 0:
        _LIBC.unshare(_NEW_USER | _NEW_NETWORK | _NEW_IPC)


def die_with(parent: int) -> None:
    """The kernel kills this process when the thread that forked it ends."""
    _LIBC.prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


class Confinement:
    """Made once by the zygote, entered by each child; there is no way out."""

    def __init__(self) -> None:
        self._libraries = tuple(_libraries())
        self._calls: Any = _filter() if pyseccomp else None

    def enter(self, reads: Sequence[str], writes: Sequence[str]) -> None:
        """Reading a path that is not there is left to fail by itself."""
        if landlockpy:
            with suppress(landlockpy.UnsupportedError):
                self._leave_files(reads, writes)
        if self._calls is not None:
            self._leave_calls()

    def _leave_files(self, reads: Sequence[str], writes: Sequence[str]) -> None:
        may = landlockpy.AccessFS
        read, write = may.READ_FILE, may.READ_FILE | may.WRITE_FILE | may.TRUNCATE
        fill = write | may.READ_DIR | may.MAKE_REG | may.MAKE_DIR | may.REMOVE_FILE | may.REMOVE_DIR
        with landlockpy.Ruleset(scoped=landlockpy.Scope.ABSTRACT_UNIX_SOCKET | landlockpy.Scope.SIGNAL) as rules:
            rules.allow_path(os.devnull, write)
            for path in filter(Path.exists, map(Path, (*self._libraries, *reads))):
                rules.allow_path(path, read | may.READ_DIR if path.is_dir() else read)
            for path in map(Path, writes):
                rules.allow_path(path, fill if path.is_dir() else write)
            rules.restrict()

    def _leave_calls(self) -> None:
        """What is not named fails; signals reach the child itself only (abort)."""
        own = pyseccomp.Arg(0, pyseccomp.EQ, os.getpid())
        for call in ("kill", "tgkill"):
            self._calls.add_rule(pyseccomp.ALLOW, call, own)
        self._calls.load()


def _libraries() -> Iterator[str]:
    """The interpreter, its packages and ours; not the checkout, in which somebody's data may lie."""
    searched = {*sys.path, sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")} - {str(_ROOT), ""}
    ours = {str(package.parent) for package in _ROOT.glob("*/__init__.py")}
    for path in sorted({*_SYSTEM, *searched, *ours}):
        if Path(path).exists():
            yield path


def _filter() -> Any:
    calls = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    for call in _CALLS:
        with suppress(OSError, ValueError):  # not every machine has every call
            calls.add_rule(pyseccomp.ALLOW, call)
    for asked in _FLAGS_OF_FILES:
        calls.add_rule(pyseccomp.ALLOW, "ioctl", pyseccomp.Arg(1, pyseccomp.EQ, asked))
    for asked in (0, 1, 2, 3, 4, 1030):  # fcntl: copies of a file, its flags; no locks, no owners of signals
        calls.add_rule(pyseccomp.ALLOW, "fcntl", pyseccomp.Arg(1, pyseccomp.EQ, asked))
    calls.add_rule(pyseccomp.ALLOW, "prlimit64", pyseccomp.Arg(2, pyseccomp.EQ, 0))  # limits are looked at, not set
    return calls
