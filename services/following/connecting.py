"""The connection to Temporal: what it keeps in clear, and what it doesn't."""

from dataclasses import replace

from temporalio.client import Client
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes

# Messages and stack traces of failures go where a codec can reach them, as all else does.
DATA_CONVERTER = replace(
    DataConverter.default, failure_converter_class=DefaultFailureConverterWithEncodedAttributes
)


async def connect(address: str) -> Client:
    """A client of the default namespace. Raises RuntimeError where nobody answers."""
    return await Client.connect(address, data_converter=DATA_CONVERTER)
