"""The door for batches of invoices, whose bodies may be larger than one document."""

from typing import Any, Final

from fastapi import APIRouter, Response

from app.kit.problems import RESPONSES
from app.match import batches
from app.match.batch_messages import BatchOut
from app.match.batch_reading import FORM, ZIP
from app.match.batches import BatchBody, BatchDb

router = APIRouter(tags=["match"], responses=RESPONSES)

FILE: Final = {"type": "string", "format": "binary"}
BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            ZIP: {"schema": FILE},
            FORM: {"schema": {"type": "object", "properties": {"documents": {"type": "array", "items": FILE}}}},
        },
    }
}


@router.post("/match/batch", response_model=BatchOut, openapi_extra=BODY)
def submit_batch(db: BatchDb, batch: BatchBody) -> Response:
    """Hand in up to 1,000 invoices and credit notes, as a zip or as the files of a form; each gets its own result, in
    their order, and one that cannot be taken keeps no other back.
    """
    return db.run(batches.submit_batch, batch)
