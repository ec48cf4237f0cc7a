"""What every answer tells a browser, unless the answer says it more strictly itself."""

from starlette.datastructures import MutableHeaders

DOCUMENTED = ("/docs", "/redoc")
"""The pages of the API's description load scripts, which a policy without any would stop."""

POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
ALWAYS = {"X-Content-Type-Options": "nosniff"}
UNLESS_SAID = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
BY_HTTPS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def guard(headers: MutableHeaders, path: str, *, is_https: bool) -> None:
    """Write them into the headers of an answer."""
    headers.update(ALWAYS | (BY_HTTPS if is_https else {}))
    policy = {} if path.startswith(DOCUMENTED) else {"Content-Security-Policy": POLICY}
    for name, value in (UNLESS_SAID | policy).items():
        headers.setdefault(name, value)
