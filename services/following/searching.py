"""The search attributes of the workflows (`workflows.searched`), made known to the server."""

import structlog
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from workflows.searched import ALL

_NOT_OURS_TO_DO = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED)

log = structlog.get_logger()


async def register(client: Client) -> None:
    """Make them known to the server; those it knows stay as they are.

    A workflow can't be started, nor go on, on a server that doesn't know them. Where a server
    leaves this to its operators (as Temporal Cloud does), they make them: the log says so. Raises
    RPCError where the server can't be reached, or knows one of them by another type.
    """
    for key in ALL:
        request = AddSearchAttributesRequest(
            namespace=client.namespace,
            search_attributes={key.name: IndexedValueType.ValueType(key.indexed_value_type)},
        )
        try:
            await client.operator_service.add_search_attributes(request)
        except RPCError as error:
            if error.status in _NOT_OURS_TO_DO:
                names = [one.name for one in ALL]
                log.warning("search attributes must be made by the server's operator", names=names)
                return
            if error.status != RPCStatusCode.ALREADY_EXISTS:
                raise
