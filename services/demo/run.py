"""The demo's way through the product: the ordinary one, from files to views."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from psycopg.sql import SQL, Identifier

from services.audit.proof.signing_keys import SigningKeys
from services.demo import generate
from services.demo.places import SOURCES
from services.embedded.home import private_folder
from services.ingest import ingest_file
from services.root import App
from services.store.datastore import others
from services.store.municipality import Municipality
from services.store.schema import events_schema, keys_schema, known_municipalities

_DENMARK = ZoneInfo("Europe/Copenhagen")
Progress = Callable[[str, int, int], None]  # what, done, total


class NotADemoError(Exception):
    """The database holds what did not come from the demo, or is in use."""


@dataclass(frozen=True)
class Trial:
    """The generated trial: its last day is the day of the first run, and stays it."""

    last_day: date
    files: list[Path]

    @property
    def codes(self) -> list[str]:
        """The municipalities of the trial. A file's name begins with its municipality's code."""
        return sorted({path.name[:4] for path in self.files})


class Demo:
    """The demo of one home and one database."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._folder = app.settings.home / "demo"

    def begin_anew(self) -> None:
        """Forget the trial: its files, its date, and what the database holds of it.

        Raises NotADemoError before anything is touched.
        """
        self._check(codes := self._known())
        self._check_alone()
        with self._app.server.pool.connection() as conn, conn.transaction():
            for code in codes:
                for schema in (events_schema(code), keys_schema(code)):
                    conn.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(schema)))
                conn.execute("DELETE FROM roedtraad.municipalities WHERE code = %s", (code,))
            conn.execute("DROP TABLE IF EXISTS roedtraad.demo_files")
        for code in codes:
            SigningKeys(self._app.server.keys_folder, code).forget()
        self._app.server.forget(SOURCES)
        shutil.rmtree(self._folder, ignore_errors=True)

    def trial(self, now: datetime, progress: Progress) -> Trial:
        """The trial's files, generated at the first run.

        Raises NotADemoError where a municipality that the demo never was in has other events.
        """
        done = self._done()
        self._check([code for code in self._known() if not any(n.startswith(code) for n in done)])
        note = self._folder / "trial.json"
        if note.exists():
            told = json.loads(note.read_text())
            last_day = date.fromisoformat(told["last_day"])
            return Trial(last_day, [self._folder / name for name in told["files"]])
        last_day = now.astimezone(_DENMARK).date()
        private_folder(self._folder)
        files = generate(
            self._folder, last_day=last_day, progress=lambda n, of: progress("", n, of)
        )
        told = {"last_day": last_day.isoformat(), "files": [path.name for path in files]}
        note.write_text(json.dumps(told))
        return Trial(last_day, files)

    def ingest(self, trial: Trial, progress: Progress) -> Counter[str]:
        """Take in the files that haven't come to their end, each through the ordinary path."""
        counts: Counter[str] = Counter()
        waiting = self._waiting(trial.files)
        total, before = sum(path.stat().st_size for path in waiting), 0
        for path in waiting:
            store = self._app.server.municipality(path.name[:4])
            outcome = ingest_file(
                store,
                path,
                self._app.settings.home / "refused",
                partial(_further, progress, path.name, before, total),
            )
            counts += outcome.counts
            before += path.stat().st_size
            self._finished(path)
        return counts

    def stores(self, trial: Trial) -> Sequence[Municipality]:
        """The stores of the trial's municipalities."""
        return [self._app.server.municipality(code) for code in trial.codes]

    def _known(self) -> list[str]:
        """The trial's municipalities that the database holds."""
        return [code for code in known_municipalities(self._app.server.pool) if code in SOURCES]

    def _check(self, codes: Sequence[str]) -> None:
        """Raise NotADemoError where one of them has events from anybody but the demo's systems."""
        with self._app.server.pool.connection() as conn:
            for code in codes:
                rows = conn.execute(
                    SQL("SELECT source FROM {}.sources WHERE source <> ''").format(
                        Identifier(events_schema(code))
                    )
                )
                if {row["source"] for row in rows} - SOURCES[code]:
                    raise NotADemoError(
                        f"Kommune {code} har hændelser, som ikke er demoens: brug en anden "
                        "ROEDTRAAD_HOME eller DATABASE_URL. (The municipality has events that are "
                        "not the demo's: use another home or database.)"
                    )

    def _check_alone(self) -> None:
        """Raise NotADemoError while other processes work with the database."""
        if others(self._app.server.pool):
            raise NotADemoError(
                "Stop først `roedtraad up` og andre kommandoer på samme data. "
                "(First stop what else works with the same data.)"
            )

    def _done(self) -> set[str]:
        """The names of the files that this database has taken in to their end."""
        with self._app.server.pool.connection() as conn:
            conn.execute("CREATE SCHEMA IF NOT EXISTS roedtraad")
            conn.execute("CREATE TABLE IF NOT EXISTS roedtraad.demo_files (name text PRIMARY KEY)")
            return {row["name"] for row in conn.execute("SELECT name FROM roedtraad.demo_files")}

    def _waiting(self, files: Sequence[Path]) -> list[Path]:
        done = self._done()
        return [path for path in files if path.name not in done]

    def _finished(self, path: Path) -> None:
        with self._app.server.pool.connection() as conn:
            conn.execute(
                "INSERT INTO roedtraad.demo_files VALUES (%s) ON CONFLICT DO NOTHING", (path.name,)
            )


def _further(progress: Progress, what: str, before: int, total: int, done: int) -> None:
    progress(what, before + done, total)
