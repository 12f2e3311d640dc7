"""Who may see what: persons, the matrix of roles and classes, and the views that follow."""

from layers.privacy.matrix import FAMILIES, MATRIX, Right, families_of, rights
from layers.privacy.person import (
    OWNER,
    PERMISSIONS,
    PUBLIC,
    PURPOSES,
    ROLES,
    THAI_TIME,
    Agreement,
    Assignment,
    BreakGlass,
    Grant,
    Person,
    Role,
)
from layers.privacy.views import (
    Door,
    may,
    owner_view,
    public_view,
    rows_refused,
    view_of,
    why_not,
)

__all__ = [
    "FAMILIES",
    "MATRIX",
    "OWNER",
    "PERMISSIONS",
    "PUBLIC",
    "PURPOSES",
    "ROLES",
    "THAI_TIME",
    "Agreement",
    "Assignment",
    "BreakGlass",
    "Door",
    "Grant",
    "Person",
    "Right",
    "Role",
    "families_of",
    "may",
    "owner_view",
    "public_view",
    "rights",
    "rows_refused",
    "view_of",
    "why_not",
]
