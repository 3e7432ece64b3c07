"""Vietnamese phone numbers, as people and spreadsheets write them, in one stored form (E.164).

Two habits of old lists are undone: a spreadsheet drops the leading zero (912 345 678), and mobile numbers
of eleven digits were shortened in 2018 (0165… became 035…), but live on in lists copied from year to year.
"""

import re

import phonenumbers

COUNTRY = "VN"
# Old mobile prefix → new one, without the leading zero (Ministry of Information, plan 798/QĐ-BTTTT, 2018).
RENUMBERED = {
    **{f"16{digit}": f"3{digit}" for digit in "23456789"},
    **{"120": "70", "121": "79", "122": "77", "126": "76", "128": "78"},
    **{"123": "83", "124": "84", "125": "85", "127": "81", "129": "82"},
    **{"186": "56", "188": "58", "199": "59"},
}
OLD_MOBILE = re.compile(rf"^({'|'.join(RENUMBERED)})(\d{{7}})$")


def normalise(text: str) -> str | None:
    """The number as "+84912345678", or None if no such number can exist."""
    try:
        number = phonenumbers.parse(text, COUNTRY)
    except phonenumbers.NumberParseException:
        return None
    if number.country_code == phonenumbers.country_code_for_region(COUNTRY):
        number.national_number = int(OLD_MOBILE.sub(_renumber, str(number.national_number)))
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def written(e164: str) -> str:
    """A stored number as people read it: "0912 345 678", a foreign one with its country code."""
    number = phonenumbers.parse(e164)
    if phonenumbers.region_code_for_number(number) == COUNTRY:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _renumber(old: re.Match[str]) -> str:
    return RENUMBERED[old[1]] + old[2]
