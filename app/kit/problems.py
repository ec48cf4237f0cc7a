"""Refusals become RFC 9457 `application/problem+json` here and nowhere else."""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException  # noqa: TID251 - the one place that knows it

from app.kit.edge_headers import guard
from app.kit.errors import (
    Conflict,
    Fault,
    Forbidden,
    Invalid,
    MediaTypeNotSupported,
    NotFound,
    Refusal,
    TooLarge,
    Unauthenticated,
)
from app.kit.idempotency import IdempotencyKeyMissing
from app.kit.limits import TooManyRequests
from app.kit.tokens import TokenMissing
from app.kit.versions import VersionMismatch, VersionMissing

log = logging.getLogger("prokura")

STATUS: dict[type[Refusal], int] = {
    IdempotencyKeyMissing: 400,
    MediaTypeNotSupported: 415,
    TooLarge: 413,
    VersionMissing: 428,
    VersionMismatch: 412,
    TooManyRequests: 429,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Invalid: 422,
}
"""The first entry that a refusal is an instance of decides; particular ones stand before their kind."""

PROBLEM_TYPE = "application/problem+json"

CODES = {404: "no_such_path", 405: "method_not_allowed", 413: "body_too_large", 415: "media_type_not_supported"}


class ProblemFault(BaseModel):
    """One thing wrong: where (JSON pointer, XPath and line, or sheet, row and column), which rule, and what to do."""

    message: str
    message_da: str | None = None
    pointer: str | None = None
    xpath: str | None = None
    line: int | None = None
    rule_id: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None


class Problem(BaseModel):
    """An error answer (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[ProblemFault] = []


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": description}
    for status, description in (
        (401, "Not signed in"),
        (403, "Visible, but not allowed"),
        (404, "Does not exist, or not for the caller"),
        (409, "Not in a state in which this can be done"),
        (422, "The body or document does not fit; `errors` names each fault"),
        (429, "Asked too often; `Retry-After` says in how many seconds to ask again"),
    )
}


def status_of(refusal: type[Refusal]) -> int:
    return next(status for kind, status in STATUS.items() if issubclass(refusal, kind))


def problem(
    request: Request, status: int, code: str, title: str, detail: str, faults: Sequence[Fault] = ()
) -> JSONResponse:
    """Write a problem answer; a 401 says how to sign in (RFC 6750)."""
    body = _body(request.scope.get("request_id", ""), status, code, title, detail, faults)
    headers = {"WWW-Authenticate": _challenge(code)} if status == 401 else None
    return JSONResponse(body, status_code=status, media_type=PROBLEM_TYPE, headers=headers)


def _body(
    request_id: str, status: int, code: str, title: str, detail: str, faults: Sequence[Fault] = ()
) -> dict[str, Any]:
    return {
        "type": f"urn:prokura:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
        "errors": [fault.as_json() for fault in faults],
    }


def too_large(request_id: str) -> dict[str, Any]:
    """Give the problem of a body above the limit, which no handler ever sees."""
    return _body(request_id, 413, CODES[413], "Body too large", "the body is larger than this path takes")


def _challenge(code: str) -> str:
    """Say what is wrong with the token, but not when there was none (RFC 6750 section 3.1)."""
    return "Bearer" if code == TokenMissing.code else 'Bearer error="invalid_token"'


def install(app: FastAPI) -> None:
    """Let the application answer every error as a problem."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _from_the_framework)
    app.add_exception_handler(Exception, _unexpected)


def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)  # noqa: S101 - registered for this class alone
    return problem(request, status_of(type(error)), error.code, error.title, error.message, error.faults)


def _not_valid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class alone
    faults = [Fault(str(found["msg"]), pointer=_pointer(found["loc"], error.body)) for found in error.errors()]
    return problem(request, 422, "body_not_valid", Invalid.title, "what was sent does not fit; see `errors`", faults)


def _pointer(location: Sequence[str | int], body: Any) -> str:
    """Give the JSON pointer of a place; the first part (`body`, `query`, `path`) says where, not what."""
    parts = list(_sent(location[1:], body)) if location[0] == "body" else location[1:]
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _sent(location: Sequence[str | int], body: Any) -> Iterator[str | int]:
    """Give the parts of a place without the kind that pydantic names of a body that may be of several: a name in
    capitals, where the body has none such.
    """
    here = body
    for part in location:
        is_there = (isinstance(here, dict) and part in here) or (isinstance(here, list) and isinstance(part, int))
        here = here[part] if is_there else here
        if is_there or not str(part).isupper():
            yield part


def _from_the_framework(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class alone
    code = CODES.get(error.status_code, "bad_request")
    answer = problem(request, error.status_code, code, code.replace("_", " ").capitalize(), str(error.detail))
    answer.headers.update(error.headers or {})  # a 405 must say what is allowed (RFC 9110 section 15.5.6)
    return answer


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("request %s failed", request.scope.get("request_id"), exc_info=error)
    detail = "the service failed; nothing was changed. Name the request_id when you report it."
    answer = problem(request, 500, "internal_error", "Internal error", detail)
    guard(answer.headers, request.url.path, is_https=request.url.scheme == "https")  # it leaves past the edge
    return answer
