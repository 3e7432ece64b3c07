"""QR codes: an address to hold a phone against, drawn into the page so that it needs no file and no script."""

from typing import Literal

from markupsafe import Markup


def qr_code(address: str, *, error: Literal["m", "q"] = "m") -> Markup:
    """The code as SVG. `error`: how much of it may be dirty or torn; "q" for what hangs on a wall."""
    import segno  # here, because it takes long to load and few pages draw one

    return Markup(segno.make(address, error=error).svg_inline(omitsize=True, border=2))  # noqa: S704  (drawn here)
