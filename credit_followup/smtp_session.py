"""An SMTP session that fails unless every recipient is accepted."""

import smtplib


class CompleteSession:
    """Wraps an ``smtplib`` session and raises the refusals that it only returns.

    ``smtplib`` succeeds if one recipient is accepted: with the salesperson in copy, a refused customer address would
    go unnoticed. Other messages are sent as usual.
    """

    def __init__(self, session):
        self._session = session

    def __getattr__(self, name):
        return getattr(self._session, name)

    def send_message(self, message, *args, **kwargs):
        refused = self._session.send_message(message, *args, **kwargs)
        if refused and "credit.followup.notice" in (message["X-Odoo-Objects"] or ""):
            raise smtplib.SMTPRecipientsRefused(refused)
        return refused
