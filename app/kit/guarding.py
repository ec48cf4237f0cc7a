"""Who calls: proved by a bearer token or an API key, and no more often than their limit allows."""

from fastapi import Request

from app.kit.errors import Unauthenticated
from app.kit.keys import is_key
from app.kit.limits import Buckets, Limits, TooManyRequests
from app.kit.tokens import Principal, TokenMissing


def principal(request: Request) -> Principal:
    """Prove who calls by the bearer token, which is a signed one or an API key.

    Whoever proves it has a limit of their own, so nobody else behind the same address is in their way.

    :raises Unauthenticated: without a token, or when it proves nothing.
    :raises TooManyRequests: for a caller who asks too often, and an address that proves nothing too often.
    """
    limits: Limits = request.app.state.limits
    try:
        who = _proven(request)
    except Unauthenticated:
        address = request.client.host if request.client is not None else ""
        _take(request, limits.strangers, address, 1)
        raise
    _take(request, limits.callers, f"{who.issuer} {who.subject}", limits.cost(request.scope["route"].name))
    return who


def _proven(request: Request) -> Principal:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenMissing("send `Authorization: Bearer <token>`")
    state = request.app.state
    verified: Principal = (
        state.keys(state.database, token, state.clock.now()) if is_key(token) else state.tokens.verify(token)
    )
    return verified


def _take(request: Request, buckets: Buckets, who: str, cost: int) -> None:
    standing = buckets.take(who, request.app.state.clock.now(), cost)
    request.scope.get("told", {}).update(buckets.told(standing))
    if standing.wait:
        raise TooManyRequests(
            f"{buckets.size} requests a minute are allowed; ask again in {standing.wait} seconds. Nothing was done"
        )
