"""Become a program, inside a sandbox: the last steps that only a process in there can take.

A program of its own, run by path with `python -I -S`; it imports the standard library alone, and nothing imports it
but for its constants. It is called with one instruction an argument, `--`, and ARGV:

- `fault=FD`: where it says in words what cannot be done; nothing is said where all went well.
- `apart`: take a network (its loopback alone), a mount table and message queues of its own; as a user, in a user
  namespace. Of the top folders only the system's remain, all is read-only, and the folders of `read=` and `write=` are
  brought back.
- `listen=FD:PORT`: open PORT on 127.0.0.1, and hand the listening socket out over FD.
- `read=PATH`, `write=PATH`, `device=PATH`: what may be reached; with at least one of them the rest is closed by
  Landlock, and so are TCP (unless `apart`), abstract sockets and signals, as far as the kernel's Landlock goes.
- `fresh=PATH`: a folder that `apart` lays empty, and that may be written.
- `connect=PORT`: a TCP port that may still be reached.

Under Landlock, whoever runs as root leaves all of root's capabilities behind. See landlock(7), mount_setattr(2),
capabilities(7).
"""

from __future__ import annotations

import _socket  # socket and typing take longer to import than all of this takes to run
import ctypes
import os
import stat
import struct
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

CREATE_RULESET, ADD_RULE, RESTRICT_SELF, MOUNT_SETATTR = 444, 445, 446, 442
"""System calls; they have the same numbers on every machine since Linux 5.1."""
VERSION = 1
"""<linux/landlock.h>: LANDLOCK_CREATE_RULESET_VERSION."""

_TOP = frozenset({"bin", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "sbin", "usr"})
_KINDS = ("read", "write", "fresh", "device", "connect")
_ROOM = b"size=64m,mode=1777"

# <linux/landlock.h>; a right counts from the version on that stands in front of it.
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE, _IOCTL = 1, 2, 4, 8, 1 << 14, 1 << 15
_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL
_REMOVE, _MAKE_DIR, _MAKE_REG, _MAKE_SOCK, _MAKE_FIFO, _MAKE_SYM, _REFER = 0x30, 128, 256, 512, 1024, 4096, 1 << 13
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_WRITE = (
    _READ | _WRITE_FILE | _TRUNCATE | _REMOVE | _MAKE_DIR | _MAKE_REG | _MAKE_SOCK | _MAKE_FIFO | _MAKE_SYM | _REFER
)
_DEVICE = _READ_FILE | _WRITE_FILE
_RIGHTS = ((1, (1 << 13) - 1), (2, _REFER), (3, _TRUNCATE), (5, _IOCTL))
_NETWORK = ((4, 3),)  # to bind, to connect
_SCOPED = ((6, 3),)  # abstract sockets, signals
_CONNECT, _PATH_RULE, _PORT_RULE = 2, 1, 2

# <linux/prctl.h>, <linux/sched.h>, <sys/mount.h>, <linux/mount.h>, <linux/sockios.h>, <linux/capability.h>
_NO_NEW_PRIVS, _CAPBSET_DROP, _CAP_VERSION = 38, 24, 0x20080522
_NEWNS, _NEWUTS, _NEWIPC, _NEWUSER, _NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x40000000
_BIND, _REC, _PRIVATE, _NOSUID, _NODEV, _NOEXEC = 0x1000, 0x4000, 0x40000, 2, 4, 8
_ATTR_RDONLY, _ATTR_NOSUID, _AT_FDCWD, _AT_RECURSIVE, _AT_EMPTY_PATH = 1, 2, -100, 0x8000, 0x1000
_SET_FLAGS, _UP = 0x8914, 1

_C = ctypes.CDLL(None, use_errno=True)


def main(arguments: list[str]) -> NoReturn:
    """Do what the module says, and be the program; exit 127 where that cannot be."""
    at = arguments.index("--")
    steps = [(word, rest) for word, _, rest in (each.partition("=") for each in arguments[:at])]
    fault = int(next((rest for word, rest in steps if word == "fault"), "2"))
    try:
        os.set_inheritable(fault, fault == 2)
        _take(steps)
        os.execv(arguments[at + 1], arguments[at + 1 :])
    except OSError as exc:
        os.write(fault, f"{exc.filename or arguments[at + 1]}: {exc.strerror}"[:500].encode())
    os._exit(127)


def _take(steps: list[tuple[str, str]]) -> None:
    named = {kind: [rest for word, rest in steps if word == kind] for kind in _KINDS}
    if ("apart", "") in steps:
        _part(named)
    for listen in (rest for word, rest in steps if word == "listen"):
        descriptor, _, port = listen.partition(":")
        _hand_out(int(descriptor), int(port))
    if named["read"] or named["write"]:
        if os.geteuid() == 0:
            _drop_capabilities()
        _check(_C.prctl(_NO_NEW_PRIVS, *map(ctypes.c_ulong, (1, 0, 0, 0))), "no_new_privs")
        _restrict(named, is_apart=("apart", "") in steps)


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
    return result


# --- apart -----------------------------------------------------------------------------------------------------------


def _part(named: dict[str, list[str]]) -> None:
    user, group, here = os.geteuid(), os.getegid(), os.getcwd()
    spaces = _NEWNS | _NEWUTS | _NEWIPC | _NEWNET | (_NEWUSER if user else 0)
    _check(_C.unshare(spaces), "unshare")
    if user:
        for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            with open(f"/proc/self/{name}", "wb", buffering=0) as file:
                file.write(text.encode())
    _raise_loopback()
    _hide(named)
    os.chdir(here)


def _raise_loopback() -> None:
    """See netdevice(7)."""
    asked = _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM)
    request = ctypes.create_string_buffer(struct.pack("16sh22x", b"lo", _UP))
    _check(_C.ioctl(asked.fileno(), ctypes.c_ulong(_SET_FLAGS), request), "loopback")
    asked.close()


def _hide(named: dict[str, list[str]]) -> None:
    """Lay empty folders over the top ones that are not the system's: Landlock hides no names and no permissions."""
    _mount(None, "/", None, _REC | _PRIVATE)
    covered = [f"/{each.name}" for each in os.scandir("/") if each.is_dir(follow_symlinks=False)]
    named["fresh"] = [folder for folder in named["fresh"] if folder not in named["read"]]
    covered = [folder for folder in covered if folder[1:] not in _TOP and folder not in named["read"]]
    places = [os.path.realpath(path) for kind in ("read", "write") for path in sorted(named[kind])]
    brought = {path: os.open(path, os.O_PATH) for path in places}
    _attribute("/", _ATTR_RDONLY | _ATTR_NOSUID, 0, _AT_RECURSIVE)
    for folder in {*covered, *named["fresh"]}:
        _mount(b"tmpfs", folder, b"tmpfs", _NOSUID | _NODEV, _ROOM)
    for path, place in brought.items():
        if path in named["write"]:
            _bring(path, place)
            _attribute(path, 0, _ATTR_RDONLY, 0)
        elif path.startswith(tuple(f"{folder}/" for folder in covered)):
            _bring(path, place)
        os.close(place)
    for folder in covered:
        if folder not in named["fresh"]:
            _attribute(folder, _ATTR_RDONLY, 0, 0)


def _bring(path: str, place: int) -> None:
    is_folder = stat.S_ISDIR(os.fstat(place).st_mode)
    if is_folder:
        os.makedirs(path, exist_ok=True)
    elif not os.path.exists(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "xb"):
            pass
    _mount(f"/proc/self/fd/{place}".encode(), path, None, _BIND | _REC)


def _mount(source: bytes | None, target: str, kind: bytes | None, flags: int, said: bytes | None = None) -> None:
    _check(_C.mount(source, os.fsencode(target), kind, ctypes.c_ulong(flags), said), target)


def _attribute(path: str, added: int, cleared: int, how: int) -> None:
    attributes = struct.pack("QQQQ", added, cleared, 0, 0)
    wide = (ctypes.c_long(_AT_FDCWD), os.fsencode(path), ctypes.c_ulong(how), attributes, ctypes.c_size_t(32))
    _check(_C.syscall(MOUNT_SETATTR, *wide), path)


def _hand_out(descriptor: int, port: int) -> None:
    listening = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    listening.bind(("127.0.0.1", port))
    listening.listen(128)
    channel = _socket.socket(fileno=descriptor)
    rights = (_socket.SOL_SOCKET, _socket.SCM_RIGHTS, struct.pack("i", listening.fileno()))
    channel.sendmsg([b"L"], [rights])
    listening.close()
    channel.close()


def _drop_capabilities() -> None:
    for number in range(64):
        if _C.prctl(_CAPBSET_DROP, *map(ctypes.c_ulong, (number, 0, 0, 0))):
            break  # there are no more
    _check(_C.capset(struct.pack("Ii", _CAP_VERSION, 0), bytes(24)), "capabilities")


# --- Landlock --------------------------------------------------------------------------------------------------------


def _restrict(named: dict[str, list[str]], *, is_apart: bool) -> None:
    version = _check(_C.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_ulong(VERSION)), "Landlock")
    handled = [sum(right for since, right in rights if since <= version) for rights in (_RIGHTS, _NETWORK, _SCOPED)]
    handled[1] *= not is_apart  # a network of its own holds more, and is all the program's
    # An older kernel takes a longer structure where what it does not know is zero.
    rules = struct.pack("QQQ", *handled)
    made = _check(_C.syscall(CREATE_RULESET, rules, ctypes.c_size_t(len(rules)), ctypes.c_ulong(0)), "Landlock")
    for kind, rights in (("read", _READ), ("write", _WRITE), ("fresh", _WRITE), ("device", _DEVICE)):
        for path in named[kind]:
            _allow(made, path, rights & handled[0])
    for port in map(int, named["connect"] if handled[1] else ()):
        _rule(made, _PORT_RULE, struct.pack("QQ", _CONNECT, port), "Landlock")
    _check(_C.syscall(RESTRICT_SELF, made, ctypes.c_ulong(0)), "Landlock")
    os.close(made)


def _allow(made: int, path: str, rights: int) -> None:
    place = os.open(path, os.O_PATH)
    rights = rights if stat.S_ISDIR(os.fstat(place).st_mode) else rights & _FILE
    _rule(made, _PATH_RULE, struct.pack("=Qi", rights, place), path)
    os.close(place)


def _rule(made: int, kind: int, rule: bytes, what: str) -> None:
    _check(_C.syscall(ADD_RULE, made, ctypes.c_ulong(kind), rule, ctypes.c_ulong(0)), what)


if __name__ == "__main__":
    main(sys.argv[1:])
