"""What goes to Temporal is sealed, and comes back as it was or not at all."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.converter import DataConverter

from services.following.codec import PayloadKeys, UnreadablePayloadError
from services.following.connecting import DATA_CONVERTER, data_converter
from workflows.messages import Start

SENT = Start("0860", "course/3f1c")


async def sealed(converter: DataConverter) -> Payload:
    [payload] = await converter.encode([SENT])
    return payload


async def opened(converter: DataConverter, payload: Payload) -> object:
    [value] = await converter.decode([payload], [Start])
    return value


async def test_nothing_of_a_message_stands_in_clear(tmp_path: Path) -> None:
    payload = await sealed(data_converter(tmp_path))
    for part in (b"0860", b"3f1c", b"subject", b"json"):
        assert part not in payload.SerializeToString()


async def test_another_process_with_the_same_folder_reads_it(tmp_path: Path) -> None:
    payload = await sealed(data_converter(tmp_path))
    assert await opened(data_converter(tmp_path), payload) == SENT


async def test_the_same_message_is_never_sealed_to_the_same_bytes(tmp_path: Path) -> None:
    converter = data_converter(tmp_path)
    assert (await sealed(converter)).data != (await sealed(converter)).data


async def test_what_an_earlier_release_left_open_is_read(tmp_path: Path) -> None:
    assert await opened(data_converter(tmp_path), await sealed(DATA_CONVERTER)) == SENT


@pytest.mark.parametrize("place", [0, 11, 12, 40, -17, -1])
async def test_a_changed_byte_is_an_error_and_not_another_value(tmp_path: Path, place: int) -> None:
    converter = data_converter(tmp_path)
    payload = await sealed(converter)
    changed = bytearray(payload.data)
    changed[place] ^= 1
    payload.data = bytes(changed)
    with pytest.raises(UnreadablePayloadError):
        await opened(converter, payload)


@pytest.mark.parametrize("length", [0, 5, 12, 20])
async def test_a_shortened_payload_is_an_error(tmp_path: Path, length: int) -> None:
    converter = data_converter(tmp_path)
    payload = await sealed(converter)
    payload.data = payload.data[:length]
    with pytest.raises(UnreadablePayloadError):
        await opened(converter, payload)


async def test_a_payload_that_names_another_key_is_an_error(tmp_path: Path) -> None:
    converter = data_converter(tmp_path)
    payload = await sealed(converter)
    (tmp_path / "temporal.key").rename(tmp_path / "temporal-old.key")
    other = PayloadKeys(tmp_path).current
    payload.metadata["encryption-key-id"] = other.encode()
    with pytest.raises(UnreadablePayloadError):
        await opened(converter, payload)


async def test_after_a_change_of_keys_old_and_new_are_read_by_processes_old_and_new(
    tmp_path: Path,
) -> None:
    running = data_converter(tmp_path)
    before = await sealed(running)
    (tmp_path / "temporal.key").rename(tmp_path / "temporal-2026.key")
    started = data_converter(tmp_path)
    after = await sealed(started)
    assert before.metadata["encryption-key-id"] != after.metadata["encryption-key-id"]
    for converter in (running, started):
        assert await opened(converter, before) == SENT
        assert await opened(converter, after) == SENT


async def test_a_lost_key_is_named_with_what_to_do(tmp_path: Path) -> None:
    payload = await sealed(data_converter(tmp_path / "one"))
    with pytest.raises(UnreadablePayloadError, match=r"the key [0-9a-f]{16} is not in .*reconcile"):
        await opened(data_converter(tmp_path / "other"), payload)


def test_those_who_begin_together_make_one_key_that_only_they_can_read(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    with ThreadPoolExecutor(8) as threads:
        made = {keys.current for keys in threads.map(lambda _: PayloadKeys(folder), range(32))}
    assert len(made) == 1
    assert [path.name for path in folder.iterdir()] == ["temporal.key"]
    assert folder.joinpath("temporal.key").stat().st_mode & 0o777 == 0o600
