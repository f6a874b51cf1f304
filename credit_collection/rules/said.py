"""What a customer may say alone, on the portal or by the link of a reminder, and how the text of a form is read.

Source: features 10.7, 12.7, 16.2: who owes cannot pause its own collection, so a promise has a latest day, and is made once for an item.
"""

import math
from datetime import date, timedelta
from pathlib import PurePath

#: files of a dispute: number, and size of each in bytes
MAX_FILES = 5
MAX_BYTES = 10 * 1024 * 1024
#: answers of a customer that may wait to be read
MAX_UNREAD = 20
#: longest text kept of a field of the form
MAX_TEXT = 2000

_OFFICE = "application/vnd.openxmlformats-officedocument."
#: kinds of files by extension, each with what its content may look like
FILE_KINDS = {
    "pdf": ("application/pdf",),
    "png": ("image/png",),
    "jpg": ("image/jpeg",),
    "jpeg": ("image/jpeg",),
    "txt": ("text/plain",),
    "docx": (_OFFICE + "wordprocessingml.document",),
    "xlsx": (_OFFICE + "spreadsheetml.sheet",),
    "odt": ("application/vnd.oasis.opendocument.text",),
}


def read_day(text):
    """A day of a form; ``None`` if it is none.

    >>> read_day("2026-12-15"), read_day("15/12/2026"), read_day(None), read_day("2026-02-30")
    (datetime.date(2026, 12, 15), None, None, None)
    """
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        return None


def read_amount(text):
    r"""An amount of a form; ``None`` if it is none.

    >>> read_amount("1250.50"), read_amount("1 250,50"), read_amount("1\u202f250,5")
    (1250.5, 1250.5, 1250.5)
    >>> [read_amount(text) for text in ("", "nan", "inf", "1e400", "ten", None)]
    [None, None, None, None, None, None]
    """
    plain = "".join((text or "").split()).replace(",", ".")
    try:
        amount = float(plain)
    except ValueError:
        return None
    return amount if math.isfinite(amount) else None


def read_text(text, length=MAX_TEXT):
    r"""A text of a form: no blanks around it, no control characters, and no longer than what is kept.

    >>> read_text("  two\x00 lines \r\n"), read_text("abc", 2), read_text(None)
    ('two lines', 'ab', '')
    """
    plain = "".join(each for each in (text or "") if each >= " " or each in "\n\t")
    return plain.strip()[:length]


def latest_day(today, days):
    """The last day that a customer may promise alone.

    >>> latest_day(date(2026, 12, 1), 30)
    datetime.date(2026, 12, 31)
    """
    return today + timedelta(days)


def is_allowed_file(name, mimetype):
    """Whether a file is of a kind that may be sent, by its name and by its content.

    >>> is_allowed_file("Delivery note.PDF", "application/pdf"), is_allowed_file("photo.jpg", "image/jpeg")
    (True, True)
    >>> is_allowed_file("photo.jpg", "text/html"), is_allowed_file("run.exe", "application/pdf"), is_allowed_file("pdf", "")
    (False, False, False)
    """
    extension = PurePath(name or "").suffix.lower().removeprefix(".")
    return mimetype in FILE_KINDS.get(extension, ())


def file_name(name):
    r"""The name under which a file is kept, without any folder.

    >>> file_name("../../etc/note.pdf"), file_name("C:\\mail\\note.pdf")
    ('note.pdf', 'note.pdf')
    """
    return read_text(PurePath((name or "").replace("\\", "/")).name, 120)
