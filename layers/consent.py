"""What is known of the person behind a row, and what that person lets the public see.

Producers, shops, operators of programmes and skilled people are public with their trade and their
tambon; name and contact only with ``contact_public``, a photo only with ``photo_public``, the exact
place only with ``point_public`` (privacy.md 11.2; the scopes are those of the consent record,
registers.md 2.8). An empty consent is no consent. So what a consent opens is restricted in the
definition with the consent that opens it, and the area code ends at the tambon.
"""

from __future__ import annotations

from layers import fields as f
from layers.model import Field, Privacy, Text

__all__ = ["consents", "contact", "personal", "tambon_code", "village_code"]

TAMBON_CODE = r"^[0-9]{2}([0-9]{2}){0,2}$"
VILLAGE_CODE = r"^[0-9]{8}$"

SCOPES = {
    "contact_public": ("ยินยอมเผยแพร่ชื่อและช่องทางติดต่อ", "Name and contact may be public"),
    "photo_public": ("ยินยอมเผยแพร่ภาพถ่าย", "Photo may be public"),
    "point_public": ("ยินยอมเผยแพร่ตำแหน่ง", "Exact place may be public"),
}


def contact(person_th: str, person_en: str, *, source: str = "") -> tuple[Field, ...]:
    """Name, telephone and LINE of one person, restricted until that person lets anyone see them.

    >>> [(field.privacy.name, field.opened_by) for field in contact("ชื่อผู้ติดต่อ", "Contact")][0]
    ('RESTRICTED', 'contact_public')
    """
    return (
        personal("person_name", person_th, person_en, "contact_public", source=source),
        personal("phone", "โทรศัพท์", "Phone", "contact_public", source=source),
        personal("line_id", "ไลน์ (LINE)", "LINE", "contact_public", source=source),
    )


def personal(name: str, th: str, en: str, opened_by: str, *, source: str = "") -> Field:
    """A text on a person, restricted on every row that the consent does not open."""
    return f.text(name, th, en, privacy=Privacy.RESTRICTED, opened_by=opened_by, source=source)


def consents(*scopes: str, aliases: tuple[str, ...] = ()) -> tuple[Field, ...]:
    """The named consents as yes or no; ``aliases`` are headings of the first one.

    >>> [field.name for field in consents("contact_public", "point_public")]
    ['contact_public', 'point_public']
    """
    return tuple(
        f.flag(
            scope,
            *SCOPES[scope],
            privacy=Privacy.INTERNAL,
            aliases=aliases if scope == scopes[0] else (),
            source="registers.md 2.8",
        )
        for scope in scopes
    )


def tambon_code() -> Field:
    """The ``area_code`` of a layer whose public place is the tambon: 2, 4 or 6 digits.

    >>> import re
    >>> [bool(re.match(tambon_code().pattern, code)) for code in ("83", "830102", "83010201")]
    [True, True, False]
    """
    return f.area_code(
        pattern=TAMBON_CODE,
        description=Text(
            "ละเอียดสุดถึงตำบล (จังหวัด 2 หลัก อำเภอ 4 ตำบล 6) หมู่บ้านอยู่ในช่องรหัสหมู่บ้าน",
            "To the tambon at most (province 2 digits, district 4, tambon 6); "
            "the village stands in village_code",
        ),
        source="privacy.md 11.2",
    )


def village_code() -> Field:
    """The village of a row whose ``area_code`` ends at the tambon, restricted."""
    return f.text(
        "village_code",
        "รหัสหมู่บ้าน",
        "Village code",
        pattern=VILLAGE_CODE,
        privacy=Privacy.RESTRICTED,
    )
