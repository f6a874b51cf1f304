"""A mail server that the tests start: it keeps what it accepts, and refuses whom it is told to refuse."""

from collections import defaultdict
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class Mailbox:
    """`with Mailbox(port) as box:`; `box.messages` by address, in the order in which they came."""

    def __init__(self, port):
        self.port = port
        self.refused = set()
        self.messages = defaultdict(list)
        self._controller = Controller(self, hostname="127.0.0.1", port=port)

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *_exception):
        self._controller.stop()

    def of(self, address):
        """The messages for an address, each once: the same message may be handed over twice when its sender was killed."""
        return list({each["Message-Id"]: each for each in self.messages[address]}.values())

    # === Called by aiosmtpd === #

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address in self.refused:
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        message = message_from_bytes(envelope.content, policy=policy.default)
        for address in envelope.rcpt_tos:
            self.messages[address].append(message)
        return "250 OK"
