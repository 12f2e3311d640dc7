"""Keys of features in addresses: any text, but none that ends as another address does."""

from __future__ import annotations

import re

from werkzeug.routing import PathConverter

__all__ = ["FeatureKey"]

LAST = ("versions", "confirm", "return", "life", "sheet", "qr.svg")


class FeatureKey(PathConverter):
    """The key in ``/collections/{id}/items/{key}``; ``{key}/versions`` is another address.

    Else a DELETE of the list of versions would look for a feature with such a key.
    """

    regex = r"[^/](?:(?!/versions/).)*?" + "".join(f"(?<!/{re.escape(word)})" for word in LAST)
