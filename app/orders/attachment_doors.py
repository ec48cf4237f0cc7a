"""What attachments' doors take beside the database: a file as it is handed in."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request

from app.kit.calls import Body
from app.orders.remark_messages import Handed


def handed(
    request: Request,
    body: Body,
    file_name: Annotated[str, Query(min_length=1, max_length=200, description="The file's name, without any path.")],
    receipt_id: Annotated[UUID | None, Query(description="The receipt of the order that it belongs to.")] = None,
) -> Handed:
    """Give the dependency that takes a file."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Handed(file_name, media_type, body, receipt_id)


File = Annotated[Handed, Depends(handed)]
