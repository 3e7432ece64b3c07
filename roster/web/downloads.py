"""Files made for one person: handed over once, kept in no cache, under a name in the reader's language."""

import io

from flask import Response, send_file


def attachment(data: bytes, mimetype: str, name: str) -> Response:
    """The file as a download. `name` may hold any letters (RFC 6266 names it twice, once without marks)."""
    made = send_file(io.BytesIO(data), mimetype=mimetype, as_attachment=True, download_name=name)
    made.headers["Cache-Control"] = "no-store"
    return made
