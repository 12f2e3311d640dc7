"""Errors at the doors: RFC 9457 problem documents and exit codes, from one table."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from api.language import asked_language
from geo.errors import GeometryError, ParameterError, PhumiError, UnitError
from geo.text import Text
from layers import errors
from layers.export import ExportError

__all__ = [
    "Busy",
    "ConditionMissing",
    "NotAcceptable",
    "NotLoggedIn",
    "TooMany",
    "TooMuch",
    "Unsupported",
    "exit_code",
    "problem",
    "register",
    "status_of",
]

log = logging.getLogger("phumi")

RETRY_SECONDS = 10


class NotAcceptable(PhumiError):
    """The representation that was asked for does not exist."""


class TooMuch(PhumiError):
    """The answer is larger than this installation gives out at once."""


class Busy(PhumiError):
    """As many long answers are running as may; others wait for a moment."""


class NotLoggedIn(PhumiError):
    """Only somebody with an account may; none was shown, or one that does not hold any more."""


class TooMany(PhumiError):
    """A caller asks, or guesses, more often than this installation answers."""


class ConditionMissing(PhumiError):
    """A change must say which state it was made on (If-Match)."""


class Unsupported(PhumiError):
    """A body of a media type that is not read here."""


STATUS: dict[type[PhumiError], HTTPStatus] = {
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.QueryError: HTTPStatus.BAD_REQUEST,
    errors.AccessDenied: HTTPStatus.FORBIDDEN,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Stale: HTTPStatus.PRECONDITION_FAILED,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.DefinitionError: HTTPStatus.BAD_REQUEST,
    errors.IntakeError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ExportError: HTTPStatus.BAD_REQUEST,
    errors.StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    UnitError: HTTPStatus.BAD_REQUEST,
    GeometryError: HTTPStatus.BAD_REQUEST,
    ParameterError: HTTPStatus.BAD_REQUEST,
    NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
    TooMuch: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    NotLoggedIn: HTTPStatus.UNAUTHORIZED,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    ConditionMissing: HTTPStatus.PRECONDITION_REQUIRED,
    Unsupported: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
}

TITLES = {
    400: Text("คำขอไม่ถูกต้อง", "Bad request"),
    401: Text("ต้องเข้าใช้ระบบ", "Login needed"),
    403: Text("ไม่มีสิทธิ์", "Not allowed"),
    404: Text("ไม่พบ", "Not found"),
    405: Text("ใช้วิธีนี้ไม่ได้", "Method not allowed"),
    406: Text("ไม่มีรูปแบบที่ขอ", "Not acceptable"),
    409: Text("ขัดกับข้อมูลที่มีอยู่", "Conflict"),
    412: Text("ข้อมูลถูกแก้ไขไปแล้ว", "Changed meanwhile"),
    413: Text("ข้อมูลใหญ่เกินไป", "Too large"),
    415: Text("ไม่รองรับชนิดข้อมูลนี้", "Unsupported media type"),
    422: Text("ข้อมูลไม่ผ่านการตรวจ", "Invalid data"),
    428: Text("ต้องระบุ If-Match", "If-Match needed"),
    429: Text("ขอถี่เกินไป", "Too many requests"),
    500: Text("ระบบขัดข้อง", "Internal error"),
    503: Text("ยังให้บริการไม่ได้", "Unavailable for now"),
}
ASK_AGAIN = Text(
    "เกิดข้อผิดพลาดในระบบ บันทึกไว้แล้ว ลองใหม่อีกครั้ง",
    "Something failed on our side; it was logged. Try again.",
)


def status_of(error: PhumiError) -> HTTPStatus:
    """The HTTP status of an error, by its nearest class in the table."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def exit_code(error: PhumiError) -> int:
    """2 where the request is wrong, 1 where the fault is ours."""
    return 1 if status_of(error) == HTTPStatus.INTERNAL_SERVER_ERROR else 2


def problem(status: int, code: str, text: Text, **details: object) -> Response:
    """A problem document in the language that the request asks for."""
    language = asked_language()
    document = {
        "type": f"urn:phumi:problem:{code}",
        "title": TITLES.get(status, TITLES[500]).get(language),
        "status": status,
        "detail": text.get(language),
        "code": code,
        **details,
    }
    body = json.dumps(document, ensure_ascii=False, default=str)
    response = Response(body, status, content_type="application/problem+json")
    response.headers["Content-Language"] = language
    return response


def register(app: Flask) -> None:
    """Let every error leave the application as a problem document."""

    @app.errorhandler(PhumiError)
    def known(error: PhumiError) -> Response:
        response = problem(status_of(error), error.code, error.text, **error.details)
        if isinstance(error, (Busy, TooMany)):
            response.headers["Retry-After"] = str(error.details.get("retry_after", RETRY_SECONDS))
        if isinstance(error, NotLoggedIn):
            response.headers["WWW-Authenticate"] = 'Bearer realm="phumi"'
        return response

    @app.errorhandler(HTTPException)
    def standard(error: HTTPException) -> Response:
        status = error.code or 500
        title = TITLES.get(status, TITLES[400 if status < 500 else 500])
        path = Text(f"{title.th}: {request.path}", f"{title.en}: {request.path}")
        response = problem(status, f"http_{status}", path)
        for name, value in error.get_headers():
            if name.lower() == "allow":
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log.exception("unexpected error at %s", request.path, exc_info=error)
        return problem(500, "internal", ASK_AGAIN)
