"""A connection to a mail server on which a message is sent to all of its recipients, or has failed."""

import smtplib


class CompleteSession:
    """Passes everything on to a session of ``smtplib``, and raises what that only returns.

    ``smtplib`` is content when one recipient is accepted: with the salesperson in copy, a customer's address that the
    server refuses would go unnoticed. Messages about other documents are sent as ever.
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
