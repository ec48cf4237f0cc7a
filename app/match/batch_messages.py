"""What a batch of invoices is answered: for each document, in their order, its case or what was wrong with it."""

from collections.abc import Sequence

from pydantic import BaseModel

from app.kit.problems import ProblemFault
from app.match.messages import MatchRow


class BatchProblem(BaseModel):
    """Why a document was not taken, as its own door would have said."""

    code: str
    title: str
    detail: str
    errors: Sequence[ProblemFault] = ()


class Fate(BaseModel):
    """What became of a document: `status` is what `/match` would have answered, with the invoice for 200 and the
    problem for everything else.
    """

    status: int
    invoice: MatchRow | None = None
    problem: BatchProblem | None = None


class BatchResult(Fate):
    """The same with the document's place in the batch, from 1, and the name that it came by."""

    position: int
    file_name: str


class BatchOut(BaseModel):
    """The results of a batch; each stands for itself, whatever became of the others."""

    taken: int
    refused: int
    data: Sequence[BatchResult]
