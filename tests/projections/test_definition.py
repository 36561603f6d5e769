"""When tables were filled by another program than this, as the fingerprint tells."""

import shutil
from pathlib import Path

import pytest

from projections import facts
from projections.schema import definition


@pytest.mark.parametrize("changed", ["grants.py", "follow_ups.py", "leadership.py"])
def test_whatever_has_a_part_in_the_rows_has_one_in_their_definition(
    changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(Path(facts.__file__).parent, tmp_path / "facts")
    monkeypatch.setattr(facts, "__file__", str(folder / "__init__.py"))
    assert definition.__wrapped__() == definition()
    with (folder / changed).open("a") as module:
        module.write("\n_ANOTHER_HELPER = 1\n")
    assert definition.__wrapped__() != definition()
