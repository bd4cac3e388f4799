"""Headers, cookies and sizes of every answer and request."""

from __future__ import annotations

import secrets

from flask import Flask, Response, current_app, g, request
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from core.accounts.tokens import derived_key
from core.base.errors import N_, Invalid
from core.settings import Settings
from server.text import unstorable

MAX_BODY = 2 * 1024 * 1024
MAX_FIELDS = 2000
SESSION_COOKIE_SECONDS = 14 * 86_400
YEAR_SECONDS = 31_536_000

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{nonce}; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def editor_nonce() -> str:
    """Ask for the editor on this page: its style elements carry this value, and the policy allows them."""
    if "style_nonce" not in g:
        g.style_nonce = secrets.token_urlsafe(16)
    return str(g.style_nonce)


def is_https(settings: Settings) -> bool:
    """Whether people reach this deployment by https."""
    return settings.public_url.startswith("https://")


def install(app: Flask, settings: Settings) -> None:
    """Cookies, sizes, CSRF, the proxy in front, and the headers of every answer."""
    app.secret_key = derived_key(settings.secret_key, "cookies")
    app.config.update(
        SESSION_COOKIE_NAME="form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_https(settings),
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        MAX_FORM_PARTS=MAX_FIELDS,
        WTF_CSRF_TIME_LIMIT=None,
    )
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    app.before_request(set_body_limit)
    CSRFProtect(app)
    app.before_request(refuse_unstorable)
    app.after_request(add_cookies)
    app.after_request(add_headers)


def set_body_limit() -> None:
    """A view marked with ``@body_limit`` takes larger bodies; set before anything reads the body."""
    view = current_app.view_functions.get(request.endpoint or "")
    limit = getattr(view, "body_limit", None)
    if isinstance(limit, int):
        request.max_content_length = limit


def refuse_unstorable() -> None:
    """Refuse text that PostgreSQL cannot hold before it becomes an error of the database."""
    places = [request.path, dict(request.args.lists()), dict(request.form.lists())]
    if unstorable(places):
        raise Invalid(text=N_("The text holds characters that cannot be stored. Remove them and send again."))


def add_cookies(response: Response) -> Response:
    """Write or take away the cookies of the session, as the request decided."""
    settings: Settings = current_app.extensions["proofroom"].settings
    for name, value in g.get("session_cookies", {}).items():
        if value is None:
            response.delete_cookie(name, httponly=True, samesite="Lax", secure=is_https(settings))
        else:
            set_cookie(response, name, value, settings)
    return response


def set_cookie(
    response: AnyResponse, name: str, value: str, settings: Settings, seconds: int = SESSION_COOKIE_SECONDS
) -> None:
    """A cookie that scripts cannot read and other sites cannot make anybody send with a form."""
    response.set_cookie(
        name, value, max_age=seconds, httponly=True, samesite="Lax", secure=is_https(settings), path="/"
    )


def add_headers(response: Response) -> Response:
    """The policy and its companions; pages of people are never kept by caches."""
    nonce = g.get("style_nonce")
    policy = CONTENT_POLICY.format(nonce=f" 'nonce-{nonce}'" if nonce else "")
    response.headers["Content-Security-Policy"] = policy
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "private, no-store")
    if is_https(current_app.extensions["proofroom"].settings):
        response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR_SECONDS}")
    return response
