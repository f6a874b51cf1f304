"""How a notice reaches a customer: recipients in, language and channel out."""

from dataclasses import dataclass

#: what a channel needs of one of the recipients; a call or another activity needs nothing
_NEEDS = {"email": "has_email", "letter": "has_address", "registered": "has_address"}


@dataclass(frozen=True, slots=True)
class Contact:
    """A recipient; ``has_address``: a postal one, with street and town."""

    id: int
    lang: str = ""
    has_email: bool = False
    has_address: bool = False


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who receives the notices of a customer, in which language, and who follows the customer (id, or nobody)."""

    contacts: tuple
    lang: str
    user_id: int | None = None

    @property
    def contact_ids(self):
        """Ids of the recipients."""
        return [contact.id for contact in self.contacts]


def choose_lang(contacts, *others):
    """The first language that is known: of a recipient, else of the others in turn; at last English.

    >>> choose_lang([Contact(1), Contact(2, "fr_FR")], "de_DE"), choose_lang([Contact(1)], None, "de_DE"), choose_lang([])
    ('fr_FR', 'de_DE', 'en_US')
    """
    known = (*(contact.lang for contact in contacts), *others)
    return next((lang for lang in known if lang), "en_US")


def choose_channel(channel, contacts, letter_without_email=False):
    """The channel of a level, or a letter where it says so; ``None`` when nobody can be reached.

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
    need = _NEEDS.get(channel)
    return not need or any(getattr(contact, need) for contact in contacts)
