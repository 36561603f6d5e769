"""The folder that holds everything embedded, and the account that its servers run as.

HOME/                 0711 as root (the servers' account must pass through), else 0700
  keeper.lock         held by the one keeper; start.lock by a client that starts one
  run/                sockets: keeper.sock, pg/.s.PGSQL.5432 (a link when HOME is long)
  log/                keeper.log, postgres.log, temporal.log
  postgres/data/      the database, owned by the servers' account
  temporal/           temporal.db and the port it had
  programs/           copies of the programs, only when the account can't reach the originals
"""

from __future__ import annotations

import os
import pwd
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.embedded.errors import EmbeddedError

# A unix socket's address is at most 107 bytes; the longest name below run/ takes 24 of them.
_LONGEST_RUN_PATH = 107 - 24


def default_home(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the home of who has set none: /var/lib/roedtraad as root, else by XDG's rule."""
    if os.geteuid() == 0:
        return Path("/var/lib/roedtraad")
    data = environment.get("XDG_DATA_HOME", "")
    folder = Path(data) if os.path.isabs(data) else Path.home() / ".local" / "share"
    return folder / "roedtraad"


@dataclass(frozen=True)
class Account:
    """A user of the operating system that servers run as."""

    name: str
    uid: int
    gid: int

    @property
    def is_me(self) -> bool:
        """Whether this process runs as that account already."""
        return self.uid == os.geteuid()

    def blocked_by(self, path: Path) -> Path | None:
        """Return the first folder above `path` that the account can't pass through, if any."""
        if self.is_me:
            return None
        for folder in reversed(path.absolute().parents):
            found = folder.stat()
            if found.st_uid == self.uid:
                passes = found.st_mode & stat.S_IXUSR
            elif found.st_gid == self.gid:
                passes = found.st_mode & stat.S_IXGRP
            else:
                passes = found.st_mode & stat.S_IXOTH
            if not passes:
                return folder
        return None


@dataclass(frozen=True)
class Home:
    """Where things stand in one home folder."""

    root: Path

    @property
    def keeper_lock(self) -> Path:
        """The file whose lock makes a process the keeper."""
        return self.root / "keeper.lock"

    @property
    def start_lock(self) -> Path:
        """The file whose lock a client holds while it looks for a keeper or starts one."""
        return self.root / "start.lock"

    @property
    def run(self) -> Path:
        """The folder of the sockets, with the link followed that stands there for a long home."""
        return Path(os.path.realpath(self.root / "run"))

    @property
    def keeper_socket(self) -> Path:
        """The keeper's socket."""
        return self.run / "keeper.sock"

    def log(self, name: str) -> Path:
        """Return the log file of a server or of the keeper."""
        return self.root / "log" / f"{name}.log"

    def open(self) -> None:
        """Make the folder and its log folder; raise EmbeddedError if that can't be done."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            mode = 0o711 if os.geteuid() == 0 else 0o700
            if self.root.stat().st_uid == os.geteuid():
                self.root.chmod(mode)
            private_folder(self.root / "log")
        except OSError as error:
            raise EmbeddedError.from_os(error) from error

    def open_run(self) -> None:
        """Make the folder of the sockets: in the home, or a short private one that run/ links to.

        PostgreSQL's clients take a comma in a socket's folder for the start of another host.
        """
        link = self.root / "run"
        path = os.fsencode(link.absolute())
        if len(path) <= _LONGEST_RUN_PATH and b"," not in path:
            link.mkdir(exist_ok=True)
        elif not _is_ours(self.run):
            fresh = self.root / "run.new"
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(tempfile.mkdtemp(prefix="roedtraad-", dir="/tmp"))
            fresh.replace(link)
        self.run.chmod(0o711 if os.geteuid() == 0 else 0o700)

    def account(self) -> Account:
        """Return who the servers run as: oneself; for root, the data's owner or else nobody."""
        folder = self.root / "postgres"
        owner = folder.stat().st_uid if folder.exists() else 0
        mine = os.geteuid()
        if mine != 0 and owner not in (0, mine):
            raise EmbeddedError(
                f"Mappen {folder} tilhører en anden bruger; sæt ROEDTRAAD_HOME til din egen mappe.",
                f"The folder {folder} is another user's; set ROEDTRAAD_HOME to your own folder.",
            )
        try:
            found = pwd.getpwuid(mine or owner) if mine or owner else pwd.getpwnam("nobody")
        except KeyError:
            raise EmbeddedError(
                f"Brugeren {mine or owner or 'nobody'} findes ikke på maskinen.",
                f"The user {mine or owner or 'nobody'} does not exist on this machine.",
            ) from None
        account = Account(found.pw_name, found.pw_uid, found.pw_gid)
        blocked = account.blocked_by(self.root / "postgres")
        if blocked:
            raise EmbeddedError(
                f"Serverne kører som {account.name} og kan ikke komme forbi mappen {blocked}; "
                "sæt ROEDTRAAD_HOME til en mappe uden for den.",
                f"The servers run as {account.name}, who can't pass the folder {blocked}; "
                "set ROEDTRAAD_HOME to a folder outside of it.",
            )
        return account


def private_folder(path: Path, account: Account | None = None) -> Path:
    """Make `path` a folder that only its owner can look into, and return it."""
    path.mkdir(mode=0o700, exist_ok=True)
    if account and not account.is_me:
        os.chown(path, account.uid, account.gid)
    if path.stat().st_uid in (os.geteuid(), account.uid if account else -1):
        path.chmod(0o700)
    return path


def _is_ours(folder: Path) -> bool:
    """Return whether a link's target is still the private folder that we made."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
