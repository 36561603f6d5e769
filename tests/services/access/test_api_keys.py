"""API keys: only what was made here is looked up."""

import re
import string
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.access.api_keys import ApiKeys

ID = UUID("64da03aa-d753-46b5-921f-95bb97f1bedd")


def test_a_key_is_known_by_its_look_and_says_whose_it_is(tmp_path: Path) -> None:
    keys = ApiKeys(tmp_path)
    text, digest = keys.make(ID)
    assert re.fullmatch(r"roedtraad_[A-Za-z0-9_-]{64}", text)
    assert keys.read(text) == (ID, digest)
    assert keys.make(ID)[0] != text
    assert (tmp_path / "access.key").stat().st_mode & 0o777 == 0o600


def test_a_key_with_any_character_changed_was_not_made_here(tmp_path: Path) -> None:
    keys = ApiKeys(tmp_path)
    text, _ = keys.make(ID)
    alphabet = string.ascii_letters + string.digits + "-_"
    for n in range(len(text)):
        for other in (alphabet[(alphabet.index(text[n]) + step) % 64] for step in (1, 32, 63)):
            assert keys.read(text[:n] + other + text[n + 1 :]) is None


@pytest.mark.parametrize("text", ["", "roedtraad_", "roedtraad_" + "A" * 64, "rt_x", "é" * 74])
def test_what_is_made_up_was_not_made_here(tmp_path: Path, text: str) -> None:
    assert ApiKeys(tmp_path).read(text) is None


def test_another_installations_key_was_not_made_here(tmp_path: Path) -> None:
    theirs, _ = ApiKeys(tmp_path / "theirs").make(uuid4())
    assert ApiKeys(tmp_path / "ours").read(theirs) is None


def test_under_a_new_signing_key_the_old_keys_hold_until_the_old_one_is_destroyed(
    tmp_path: Path,
) -> None:
    old, _ = ApiKeys(tmp_path).make(ID)
    (tmp_path / "access.key").rename(tmp_path / "access-2026.key")
    new, _ = ApiKeys(tmp_path).make(ID)
    assert ApiKeys(tmp_path).read(old) and ApiKeys(tmp_path).read(new)
    (tmp_path / "access-2026.key").unlink()
    assert not ApiKeys(tmp_path).read(old) and ApiKeys(tmp_path).read(new)
