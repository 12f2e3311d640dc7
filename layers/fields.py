"""Fields that many layers have: each is worded, bounded and sourced once, here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypedDict, Unpack

from geo.text import Text
from layers.model import Field, FieldType, Privacy, choices

__all__ = [
    "AREA_CODE",
    "CONSENT_STATES",
    "DATA_ORIGINS",
    "PRECISIONS",
    "PUBLISH_LEVELS",
    "THAILAND",
    "Options",
    "alias",
    "area_code",
    "area_m2",
    "as_of",
    "azimuth",
    "choice",
    "consent_state",
    "date",
    "datetime",
    "family",
    "flag",
    "geom_precision",
    "integer",
    "items",
    "key",
    "money",
    "name",
    "name_en",
    "name_th",
    "note",
    "number",
    "opening_windows",
    "percent",
    "provenance",
    "publish_level",
    "record",
    "record_origin",
    "reference",
    "tags",
    "text",
    "time",
]

THAILAND = (97.2, 5.5, 105.8, 20.6)
"""West, south, east, north that every point of a Thai area lies in (LOC-R7)."""

AREA_CODE = r"^[0-9]{2}([0-9]{2}){0,3}$"
"""Province 2, district 4, tambon 6, village 8 digits; a parent's code begins its child's."""

DATA_ORIGINS = choices(
    measured=("วัดหรือสำรวจจริง", "Measured or surveyed"),
    official=("ทะเบียนหรือเอกสารราชการ", "Official register or document"),
    approximate=("ค่าประมาณ", "Approximate"),
    general_knowledge=("ความรู้ทั่วไป", "General knowledge"),
    invented=("สมมติขึ้นเพื่อสาธิต", "Invented for demonstration"),
    synthetic=("ข้อมูลสังเคราะห์ ไม่ใช่บุคคลจริง", "Synthetic, no real person"),
)

PRECISIONS = choices(
    parcel=("แปลงหรือที่อยู่จริง", "Parcel or surveyed pin"),
    site=("สถานที่", "Named site"),
    village=("หมู่บ้านหรือชุมชน", "Village or community"),
    tambon=("ตำบลหรือเทศบาล", "Tambon or municipality"),
    district=("อำเภอ", "District"),
    province=("จังหวัด", "Province"),
    region=("ภาคหรือกลุ่มจังหวัด", "Region or province group"),
    nation=("ประเทศ", "Nation"),
    unknown=("ไม่ทราบ", "Unknown"),
    none=("ไม่มีตำแหน่ง (ออนไลน์)", "No place (online)"),
)
"""registers.md 8.1, finest first."""

PUBLISH_LEVELS = choices(
    public=("สาธารณะ", "Public"),
    partner=("ภาคีที่มีข้อตกลง", "Partners under agreement"),
    internal=("ภายใน", "Internal"),
    restricted=("จำกัดสิทธิ", "Restricted"),
)

CONSENT_STATES = choices(
    not_needed=("ไม่ต้องขอ", "Not needed"),
    none=("ยังไม่ได้รับ", "None"),
    given=("ยินยอมแล้ว", "Given"),
    withdrawn=("ถอนความยินยอม", "Withdrawn"),
)


class _Options(TypedDict, total=False):
    privacy: Privacy
    computed: bool
    minimum: float | None
    maximum: float | None
    pattern: str | None
    description: Text | None
    source: str
    aliases: tuple[str, ...]
    opened_by: str
    permission: str
    identifies: bool


class Options(_Options, total=False):
    """What the constructors below hand on to :class:`~layers.model.Field` unchanged."""

    required: bool


def _field(
    type_: FieldType,
    name: str,
    th: str,
    en: str,
    options: Options,
    *,
    unit: str | None = None,
    values: Mapping[str, Text] | None = None,
) -> Field:
    return Field(name=name, label=Text(th, en), type=type_, unit=unit, values=values, **options)


def text(name: str, th: str, en: str, **options: Unpack[Options]) -> Field:
    """A text, free unless ``pattern`` is given."""
    return _field("text", name, th, en, options)


def number(
    name: str, th: str, en: str, unit: str | None = None, **options: Unpack[Options]
) -> Field:
    """A real number read in ``unit`` ("m", "m2", "m3", "km", "deg"; None: no unit)."""
    return _field("number", name, th, en, options, unit=unit)


def integer(
    name: str, th: str, en: str, unit: str | None = None, **options: Unpack[Options]
) -> Field:
    """A count or whole number; not below zero unless ``minimum`` says so."""
    options.setdefault("minimum", 0)
    return _field("integer", name, th, en, options, unit=unit)


def flag(name: str, th: str, en: str, **options: Unpack[Options]) -> Field:
    """A yes or no."""
    return _field("boolean", name, th, en, options)


def date(name: str, th: str, en: str, **options: Unpack[Options]) -> Field:
    """A calendar day, stored in the common era."""
    return _field("date", name, th, en, options)


def datetime(name: str, th: str, en: str, **options: Unpack[Options]) -> Field:
    """A moment, stored in UTC."""
    return _field("datetime", name, th, en, options)


def choice(
    name: str, th: str, en: str, values: Mapping[str, Text], **options: Unpack[Options]
) -> Field:
    """One code out of ``values``, which :func:`layers.model.choices` writes.

    >>> choice("kind", "ชนิด", "Kind", choices(canal=("คลอง", "Canal"))).values["canal"].en
    'Canal'
    """
    return _field("text", name, th, en, options, values=values)


def items(
    name: str,
    th: str,
    en: str,
    values: Mapping[str, Text] | None = None,
    **options: Unpack[Options],
) -> Field:
    """A list; with ``values`` every item of it is one of these codes."""
    return _field("list", name, th, en, options, values=values)


def record(name: str, th: str, en: str, **options: Unpack[Options]) -> Field:
    """An object with parts of its own; ``description`` says which."""
    return _field("object", name, th, en, options)


def money(name: str, th: str, en: str, **options: Unpack[Options]) -> Field:
    """An amount in baht; not below zero unless ``minimum`` says so.

    >>> money("budget_thb", "งบประมาณ", "Budget").unit
    'THB'
    """
    options.setdefault("minimum", 0)
    return _field("number", name, th, en, options, unit="THB")


def percent(name: str, th: str, en: str, **options: Unpack[Options]) -> Field:
    """A share of a hundred, 0 to 100 unless bounds are given."""
    options.setdefault("minimum", 0)
    options.setdefault("maximum", 100)
    return _field("number", name, th, en, options, unit="%")


def area_m2(name: str, th: str, en: str, **options: Unpack[Options]) -> Field:
    """An area in square metres; rai-ngan-square wah are a way of showing it (LAND-R1)."""
    options.setdefault("minimum", 0)
    return _field("number", name, th, en, options, unit="m2")


def azimuth(name: str, th: str, en: str, **options: Unpack[_Options]) -> Field:
    """A direction in whole degrees clockwise from north, 0 to 359."""
    options.setdefault("maximum", 359)
    return integer(name, th, en, "deg", **options)


def key(name: str, th: str, en: str, **options: Unpack[_Options]) -> Field:
    """The identity of a feature: a text that stays for good."""
    return text(name, th, en, required=True, **options)


def reference(name: str, th: str, en: str, **options: Unpack[Options]) -> Field:
    """The key of a feature in another layer."""
    return _field("text", name, th, en, options)


def area_code(required: bool = True, **options: Unpack[_Options]) -> Field:
    """The code of the finest administrative area known; ``Layer.area`` names it.

    >>> import re
    >>> code = area_code()
    >>> code.name, bool(re.match(code.pattern, "830102")), bool(re.match(code.pattern, "8301021"))
    ('area_code', True, False)
    """
    options.setdefault("pattern", AREA_CODE)
    options.setdefault(
        "description",
        Text(
            "รหัสพื้นที่ที่ละเอียดที่สุดที่ทราบ: จังหวัด 2 หลัก อำเภอ 4 ตำบล 6 หมู่บ้าน 8",
            "Finest area known: province 2 digits, district 4, tambon 6, village 8",
        ),
    )
    return text("area_code", "รหัสพื้นที่", "Area code", required=required, **options)


def name(th: str = "ชื่อ", en: str = "Name", **options: Unpack[Options]) -> Field:
    """The name that a feature goes by when it has one name only (``name``)."""
    return text("name", th, en, **options)


def name_th(**options: Unpack[Options]) -> Field:
    """The Thai name, required unless told otherwise."""
    options.setdefault("required", True)
    return text("name_th", "ชื่อภาษาไทย", "Thai name", **options)


def name_en(**options: Unpack[Options]) -> Field:
    """The name in Latin script."""
    return text("name_en", "ชื่อภาษาอังกฤษ", "English name", **options)


def note(**options: Unpack[Options]) -> Field:
    """Free remarks (``note``); restricted where the layer speaks of people: say so there."""
    return text("note", "หมายเหตุ", "Note", **options)


def alias() -> Field:
    """Other names, old names and misspellings that a search should find."""
    return items("alias", "ชื่ออื่น", "Other names")


def as_of() -> Field:
    """The day that the figures of a row speak of."""
    return date("as_of", "ข้อมูล ณ วันที่", "As of")


def tags() -> Field:
    """Free search words."""
    return items("tags", "คำค้น", "Tags")


def geom_precision() -> Field:
    """How exactly the position is known; a name gives no better than its area (LOC-R9)."""
    return choice("geom_precision", "ความละเอียดตำแหน่ง", "Location precision", PRECISIONS)


def publish_level() -> Field:
    """How far a single row may travel, where that differs from row to row."""
    return choice("publish_level", "ระดับการเผยแพร่", "Publication level", PUBLISH_LEVELS)


def consent_state() -> Field:
    """Whether the person concerned agreed that the row be published."""
    return choice("consent_state", "สถานะความยินยอม", "Consent", CONSENT_STATES)


def time(name: str, th: str, en: str, **options: Unpack[_Options]) -> Field:
    """A local time of day as HH:MM."""
    options.setdefault("pattern", r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
    return text(name, th, en, **options)


def opening_windows() -> Field:
    """When a place is open; no window at all means that the hours are not known."""
    return items(
        "opening_windows",
        "เวลาเปิดให้บริการ",
        "Opening windows",
        description=Text(
            "รายการของ weekday (1 จันทร์ ถึง 7 อาทิตย์), open_time, close_time, valid_from, "
            "valid_to, kind (open, slot, closed), last_entry",
            "Items of weekday (1 Monday to 7 Sunday), open_time, close_time, valid_from, "
            "valid_to, kind (open, slot, closed), last_entry",
        ),
        source="tourism.md 3.6",
    )


def record_origin() -> Field:
    """How true a feature is (``data_origin``); every layer has it."""
    return choice("data_origin", "ที่มาของข้อมูล", "Data origin", DATA_ORIGINS)


def provenance() -> tuple[Field, Field]:
    """The last two fields of every layer: where a row comes from, and how true it is.

    >>> [field.name for field in provenance()]
    ['source_ref', 'data_origin']
    """
    return text("source_ref", "แหล่งที่มา", "Source reference"), record_origin()


def family(privacy: Privacy, *members: Field, source: str = "") -> tuple[Field, ...]:
    """A field family of privacy.md 11.2: no member is less protected than ``privacy``.

    ``source`` is what the members cite that name no source of their own.

    >>> [field.privacy.name for field in family(Privacy.SECRET, flag("ill", "ป่วย", "Ill"))]
    ['SECRET']
    """
    return tuple(
        replace(item, privacy=max(item.privacy, privacy), source=item.source or source)
        for item in members
    )
