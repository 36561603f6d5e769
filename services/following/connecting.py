"""The connection to Temporal: what it keeps in clear, and what it doesn't."""

from dataclasses import replace
from pathlib import Path

from temporalio.client import Client
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes

from services.following.codec import PayloadKeys, SealedPayloads
from services.following.searching import register

# Messages and stack traces of failures go where the codec reaches them, as all else does.
DATA_CONVERTER = replace(
    DataConverter.default, failure_converter_class=DefaultFailureConverterWithEncodedAttributes
)


def data_converter(keys_folder: Path) -> DataConverter:
    """What seals all that Temporal keeps, under the installation's key."""
    return replace(DATA_CONVERTER, payload_codec=SealedPayloads(PayloadKeys(keys_folder)))


async def connect(address: str, keys_folder: Path) -> Client:
    """A client of the default namespace, which knows our search attributes from now on.

    Raises RuntimeError where nobody answers, and RPCError where the answer is no.
    """
    client = await Client.connect(address, data_converter=data_converter(keys_folder))
    await register(client)
    return client
