"""Language and channel of a notice, from its recipients."""

from dataclasses import dataclass

#: what each channel needs from at least one recipient; calls and other activities need nothing
_NEEDS = {"email": "has_email", "letter": "has_address", "registered": "has_address"}


@dataclass(frozen=True, slots=True)
class Contact:
    """A recipient; ``has_address``: a postal address with street and city."""

    id: int
    lang: str = ""
    has_email: bool = False
    has_address: bool = False


@dataclass(frozen=True, slots=True)
class Recipients:
    """The recipients of a customer's notices, their language, and the collector's id if any."""

    contacts: tuple
    lang: str
    user_id: int | None = None

    @property
    def contact_ids(self):
        """Ids of the recipients."""
        return [contact.id for contact in self.contacts]


def choose_lang(contacts, *others):
    """The first known language: a recipient's, then the others in order, then English.

    >>> choose_lang([Contact(1), Contact(2, "fr_FR")], "de_DE"), choose_lang([Contact(1)], None, "de_DE"), choose_lang([])
    ('fr_FR', 'de_DE', 'en_US')
    """
    known = (*(contact.lang for contact in contacts), *others)
    return next((lang for lang in known if lang), "en_US")


def choose_channel(channel, contacts, letter_without_email=False):
    """The channel of a level, or a letter as its fallback; ``None`` if nobody can be reached.

    >>> mail, post = Contact(1, has_email=True), Contact(2, has_address=True)
    >>> choose_channel("email", [post, mail], True), choose_channel("email", [post], True), choose_channel("email", [post])
    ('email', 'letter', None)
    >>> choose_channel("registered", [post]), choose_channel("letter", [mail]), choose_channel("call", [])
    ('registered', None, 'call')
    """
    if _is_reached(channel, contacts):
        return channel
    if channel == "email" and letter_without_email and _is_reached("letter", contacts):
        return "letter"
    return None


def _is_reached(channel, contacts):
    """Whether the channel reaches at least one of the contacts."""
    need = _NEEDS.get(channel)
    return not need or any(getattr(contact, need) for contact in contacts)
