"""Running for root, whom Postgres refuses: as a user of its own, with one capability.

The project and the wheel may lie below folders that only root enters (/root), so the user alone
would not get there. Root's commands go through this file as a script, which becomes the user,
keeps CAP_DAC_READ_SEARCH (read and enter everything) and executes the command. Where a container
withholds that, CAP_DAC_OVERRIDE, which Docker grants, does. The server can read what root can;
only root can read the password to it.

The user has no name and no other process, so that nobody but root signals or traces the server.
`initdb` insists on a name: it runs as `nobody`, and its work changes hands before it is used.

Linux only: elsewhere root is asked to be somebody else. Only the standard library is imported,
as the script runs without the site's packages.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

# From linux/capability.h, linux/prctl.h and linux/securebits.h.
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
CAPABILITY_VERSION_3 = 0x20080522
PR_SET_KEEPCAPS = 8
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
# Unused between systemd's ranges (systemd.io/UIDS-GIDS), and below 65536: mapped in containers.
UNUSED_UIDS = range(60706, 61184)


def is_root() -> bool:
    """Whether we are whom Postgres refuses."""
    return sys.platform != "win32" and os.geteuid() == 0


def has_name() -> bool:
    """Whether we are in the list of users; in containers, not everybody is."""
    import pwd

    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return False
    return True


def named_uid() -> int:
    """A user that has a name and no power: nobody, or the next best."""
    import pwd

    users = {user.pw_name: user.pw_uid for user in pwd.getpwall() if user.pw_uid != 0}
    return users.get("nobody") or min(users.values(), default=UNUSED_UIDS[0])


def unused_uid() -> int:
    """A user that nobody else is."""
    import pwd

    used = {user.pw_uid for user in pwd.getpwall()}
    return next(uid for uid in UNUSED_UIDS if uid not in used)


def give(folder: Path, uid: int) -> None:
    """Make `uid` the owner of the folder and of all below it."""
    os.chown(folder, uid, uid)
    for inside, folders, files in os.walk(folder):
        for name in folders + files:
            os.lchown(Path(inside, name), uid, uid)


def remedy() -> str:
    """What to do about a server that does not come up."""
    if is_root():
        return (
            "Free disk space if it is full. Root needs the capabilities CHOWN, KILL, SETUID, "
            "SETGID, SETPCAP and DAC_OVERRIDE, as Docker grants them; else run as another user, "
            "or set BUILDER_DATABASE_URL."
        )
    return (
        "Free disk space if it is full, run as the owner of the folder, start over with "
        "builder db reset, or set BUILDER_DATABASE_URL."
    )


def becoming(uid: int, program: Path) -> list[str]:
    """What to put before a command of root's so that it runs as `uid`."""
    # Without the execute bit for others, only the stronger capability executes the program.
    wanted = (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE)[not program.stat().st_mode & 1 :]
    permitted = _permitted()
    kept = next((capability for capability in wanted if permitted >> capability & 1), None)
    return [sys.executable, "-I", "-S", __file__, str(uid), "" if kept is None else str(kept)]


def _permitted() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapPrm:"):
            return int(line.split()[1], 16)
    return 0


def main(uid: int, capability: int | None, command: list[str]) -> None:
    """Become `uid` for good, keep the capability, execute the command."""
    if capability is not None:
        _outlive_the_change()
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    if capability is not None:
        _keep(capability)
    os.execv(command[0], command)  # noqa: S606 - initdb and postgres, by their full paths


def _outlive_the_change() -> None:
    # NO_SETUID_FIXUP, unlike KEEPCAPS, lets access(2), which initdb asks, count capabilities too.
    if not _prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP):
        _prctl(PR_SET_KEEPCAPS, 1)


def _keep(capability: int) -> None:
    """Keep this capability alone, over execve(2) too; capset(2), capabilities(7)."""
    import ctypes

    only = 1 << capability
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    effective_permitted_inheritable = (ctypes.c_uint32 * 6)(only, only, only, 0, 0, 0)
    libc = ctypes.CDLL(None, use_errno=True)
    kept = libc.capset(header, effective_permitted_inheritable) == 0
    if not kept or not _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability):
        sys.stderr.write("could not keep the capability to read root's folders\n")


def _prctl(option: int, *arguments: int) -> bool:
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    words = [ctypes.c_ulong(word) for word in (*arguments, 0, 0, 0, 0)[:4]]
    return bool(libc.prctl(option, *words) == 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if sys.argv[2] else None, sys.argv[3:])
