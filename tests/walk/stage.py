"""What the jobs share: a browser, the people of the demo, and what came of it."""

from pathlib import Path

from .person import Person


class Stage:
    """One walk through the demo: one language, a desk or a phone.

    :param tag: makes the names typed by this walk differ from those of the last one
    """

    def __init__(self, browser, url, *, language="fr", phone=False, pictures=None, tag="1"):
        self.browser, self.url, self.language, self.phone = browser, url, language, phone
        self.pictures, self.tag = pictures and Path(pictures), tag
        self.tight_customer = "Aciers de la Corvette"  # limited, and near the limit
        self.roomy_customer = "Ateliers Bleuet"  # limited, with half of it free
        self.people, self.troubles, self.job = {}, [], ""

    def person(self, login):
        """Somebody of the demo, logged in once and speaking the language of the walk."""
        if login not in self.people:
            person = self._new(login).log_in()
            self.people[login] = person
            person.speak({"fr": "fr_FR", "en": "en_US"}[self.language])
        return self.people[login]

    def visitor(self, name="visitor"):
        """Somebody who is not logged in: a customer with a link."""
        return self.people.setdefault(name, self._new(name))

    def _new(self, login):
        return Person(
            self.browser,
            self.url,
            login,
            language=self.language,
            phone=self.phone,
            pictures=self.pictures and self.pictures / login,
        )

    def say(self, french, english):
        """What a person types, in their language."""
        return french if self.language == "fr" else english

    def check(self, true, sentence):
        """Note what is not as it should be, and go on."""
        if not true:
            self.troubles.append(f"{self.job}: not so: {sentence}")

    def play(self, job):
        """A whole job; what goes wrong ends it and is noted."""
        self.job = job.__name__
        try:
            job(self)
        except Exception as error:  # noqa: BLE001 - whatever stops a person is what we look for
            for person in self.people.values():
                person.picture(f"stopped_{self.job}")
            self.troubles.append(f"{self.job}: {type(error).__name__}: {str(error)[:600]}")
        for person in self.people.values():
            self.troubles += [f"{self.job}: {person.login}: {error}" for error in person.errors]
            person.errors.clear()

    def leave(self):
        """Close all browsers."""
        for person in self.people.values():
            person.leave()
