"""Reminders through a real mail server: killed at any moment, sent by several at once, each customer gets exactly one."""

import os
import re
import signal
import subprocess
import time
import urllib.request
from datetime import date, timedelta
from html import unescape
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urlsplit

import odoorpc
import psycopg2
import pytest
from mail_server import Mailbox
from shop import Shop, connect
from workbench.server import Server
from workbench.system import free_port

CUSTOMERS, KILLS = 50, 3
PATIENCE = 90

_SENDER = """
import time
for _turn in range(8):
    env["credit.followup.notice"]._cron_send()
    env.cr.commit()
    time.sleep(0.1)
"""

_BOUNCE = """\
Return-Path: <>
To: bounce@example.com
From: MAILER-DAEMON@example.com
Subject: Undelivered Mail Returned to Sender
Message-Id: <bounce-{number}@example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain

The mailbox is gone.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; example.com

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1

--part
Content-Type: message/rfc822

From: company@example.com
To: {address}
Message-Id: {message_id}
Subject: Reminder

Text
--part--
"""

_REPLY = """\
From: {address}
To: company@example.com
Subject: Re: Reminder
Message-Id: <reply-1@customers.example>
In-Reply-To: {message_id}
References: {message_id}
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"

The pallet never came.
"""


@pytest.fixture(scope="module")
def mailbox():
    with Mailbox(free_port()) as box:
        yield box


@pytest.fixture(scope="module")
def database(databases):
    with databases.temporary(databases.suite, "reminders") as name:
        yield name


@pytest.fixture(scope="module")
def server(bench, database):
    """The server that is there in the end; it is not started yet."""
    last = Server(bench, database)
    yield last
    last.stop()


@pytest.fixture(scope="module")
def facts(bench, database, mailbox):
    """Customers who owe something, a procedure in use, the mail server; and what a run proposed to them, all approved.

    Approved while nothing sends: the job is switched on by the first test.
    """
    with Server(bench, database) as server:
        shop = Shop(connect(server))
        switch_jobs(shop, on=False)
        prepare_company(shop, mailbox)
        customers = prepare_customers(shop)
        run = shop.env["credit.followup.run"].create({})
        shop.env["credit.followup.run"].action_prepare([run])
        shop.env["credit.followup.run"].action_approve([run])
        return {"customers": customers, "run": run}


def switch_jobs(shop, on):
    """The two jobs this is about; no other runs."""
    if not on:
        write_jobs(shop, shop.env["ir.cron"].search([]), active=False)
    for job in ("credit_followup.ir_cron_send", "mail.ir_cron_mail_scheduler_action"):
        write_jobs(shop, [shop.ref(job)], active=on)
        if on:
            write_jobs(shop, [shop.ref(job)], nextcall="2020-01-01 00:00:00")


def write_jobs(shop, ids, **values):
    """Odoo refuses to write a job that runs: as a person would, try again when it has ended."""

    def written():
        try:
            return shop.env["ir.cron"].write(ids, values)
        except odoorpc.error.RPCError as error:
            if "currently being executed" not in str(error):
                raise
            return False

    wait(written, "the jobs have ended")


def prepare_company(shop, mailbox):
    company = shop.env["res.company"].search([("parent_id", "=", False)], limit=1)
    domain = shop.env["mail.alias.domain"].create({"name": "example.com"})
    procedure = shop.ref("credit_followup.procedure_systematic")
    shop.env["credit.followup.procedure"].write(
        [procedure],
        {"weekdays_only": False, "hour_from": 0, "hour_to": 24, "gap_days": 0},
    )
    levels = shop.env["credit.followup.level"].search([("procedure_id", "=", procedure)])
    shop.env["credit.followup.level"].write(
        levels, {"with_invoices": False, "copy_salesperson": True}
    )
    shop.env["res.company"].write(
        company,
        {
            "credit_followup_procedure_id": procedure,
            "email": "company@example.com",
            "alias_domain_id": domain,
        },
    )
    for other in shop.env["ir.mail_server"].search([]):
        shop.env["ir.mail_server"].write([other], {"active": False})
    shop.env["ir.mail_server"].create(
        {
            "name": "Test",
            "smtp_host": "127.0.0.1",
            "smtp_port": mailbox.port,
            "smtp_encryption": "none",
        }
    )


def prepare_customers(shop):
    """`{address: customer}`, each with an invoice that is eight days late; the first one has a salesperson."""
    addresses = [f"c{number}@customers.example" for number in range(CUSTOMERS)]
    seller = shop.user("seller", "sales_team.group_sale_salesman")
    customers = shop.customers(
        {"name": address, "email": address, "lang": "en_US"} for address in addresses
    )
    shop.env["res.partner"].write(customers[:1], {"user_id": seller})
    due = date.today() - timedelta(8)
    moves = shop.env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": customer,
                "invoice_date": str(due),
                "invoice_date_due": str(due),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    (0, 0, {"name": "Goods", "quantity": 1, "price_unit": 100.0, "tax_ids": False})
                ],
            }
            for customer in customers
        ]
    )
    shop.env["account.move"].action_post(moves)
    return dict(zip(addresses, customers, strict=True))


# === WHAT IS SEEN FROM OUTSIDE === #


def ask(database, query, *values):
    with psycopg2.connect(dbname=database) as connection, connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def count(database, *states):
    [[number]] = ask(
        database, "SELECT count(*) FROM credit_followup_notice WHERE state IN %s", states
    )
    return number


def wait(condition, what):
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, f"waited in vain until {what}"
        time.sleep(0.02)


def wake(database):
    """The scheduler looks at once whether there is something to do, not in a minute."""
    connection = psycopg2.connect(dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('cron_trigger', %s)", [database])
    connection.close()


def kill(server):
    """No time to say good-bye."""
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait()


def find_notice(shop, customer):
    return shop.env["credit.followup.notice"].search_read(
        [("partner_id", "=", customer)],
        ["state", "failure", "failure_detail", "cancel_reason", "mail_id"],
    )[0]


# === THE TESTS, IN THIS ORDER === #


def test_everybody_gets_one_although_it_is_killed(bench, database, facts, mailbox, server):
    """Killed again and again, then two more senders beside the server; one customer pays meanwhile, one is refused."""
    refused, paying = "c0@customers.example", f"c{CUSTOMERS - 1}@customers.example"
    mailbox.refused.add(refused)
    assert count(database, "approved") == CUSTOMERS
    with hold_back(database, facts["customers"][paying]):
        for number in range(KILLS):
            send_and_kill(bench, database, enough=8 * (number + 1))
        shop = Shop(connect(server.start()))
        senders = [start_sender(bench, database) for _number in range(2)]
        switch_jobs(shop, on=True)
        wake(database)
        wait(lambda: count(database, "approved") == 1, "all but the one held back are sent")
        pay(shop, facts["customers"][paying])
    wake(database)
    wait(lambda: not count(database, "approved"), "all is sent")
    for sender in senders:
        sender.wait(PATIENCE)
        assert sender.returncode == 0
    wait(lambda: not unsent(database), "the queue is empty")
    check_queue(database, facts["customers"], paying)
    check_mailbox(mailbox, facts["customers"], {refused, paying})
    check_failed(shop, facts["customers"][refused])
    assert shop.env["credit.followup.run"].read([facts["run"]], ["state"])[0]["state"] == "done"


class hold_back:
    """The notice of a customer is locked, as by somebody who is just writing it: senders leave it for later."""

    def __init__(self, database, customer):
        self._connection = psycopg2.connect(dbname=database)
        with self._connection.cursor() as cursor:
            cursor.execute(
                "SELECT FROM credit_followup_notice WHERE partner_id = %s FOR UPDATE", [customer]
            )

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self._connection.close()


def send_and_kill(bench, database, enough):
    """A server sends until so many notices are out, and is killed in the middle of the next."""
    server = Server(bench, database).start()
    try:
        switch_jobs(Shop(connect(server)), on=True)
        wake(database)
        wait(lambda: count(database, "sent", "failed") >= enough, f"{enough} are sent")
    finally:
        kill(server)
    assert count(database, "approved") > 1, "it was too quick to be killed in the middle"


def start_sender(bench, database):
    """Another process that sends, without the lock of the scheduler."""
    words = [bench.python, "-m", "odoo", "shell", *bench.options(database), "--no-http"]
    sender = subprocess.Popen(
        [str(word) for word in words],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=bench.environ(),
    )
    sender.stdin.write(_SENDER.encode())
    sender.stdin.close()
    return sender


def pay(shop, customer):
    moves = shop.env["account.move"].search([("partner_id", "=", customer)])
    context = {"active_model": "account.move", "active_ids": moves}
    wizards = shop.env["account.payment.register"].with_context(**context)
    wizards.action_create_payments([wizards.create({})])


def unsent(database):
    [[number]] = ask(
        database,
        "SELECT count(*) FROM mail_mail q JOIN mail_message m ON m.id = q.mail_message_id"
        " WHERE m.model = 'credit.followup.notice' AND q.state = 'outgoing'",
    )
    return number


def check_queue(database, customers, paying):
    """One message for each notice, none for who has paid."""
    found = dict(
        ask(
            database,
            "SELECT n.partner_id, count(q.id) FROM credit_followup_notice n"
            " LEFT JOIN mail_message m ON m.model = 'credit.followup.notice' AND m.res_id = n.id"
            " LEFT JOIN mail_mail q ON q.mail_message_id = m.id GROUP BY n.partner_id",
        )
    )
    assert found == {customer: int(address != paying) for address, customer in customers.items()}


def check_mailbox(mailbox, customers, without):
    for address in customers:
        assert len(mailbox.of(address)) == int(address not in without), address
    [message] = mailbox.of("c1@customers.example")
    assert "c1@customers.example" in message["To"]
    assert "100.00" in message.get_body(("html",)).get_content()


def check_failed(shop, customer):
    notice = find_notice(shop, customer)
    assert (notice["state"], notice["failure"]) == ("failed", "refused")
    assert "550" in notice["failure_detail"]


def test_what_was_refused_is_delivered_after_a_retry(database, facts, mailbox, server):
    address = "c0@customers.example"
    customer = facts["customers"][address]
    mailbox.refused.clear()
    shop = Shop(connect(server))
    notice = find_notice(shop, customer)
    shop.env["credit.followup.notice"].action_retry([notice["id"]])
    wait(lambda: mailbox.of(address), "it is delivered")
    wait(lambda: not unsent(database), "the queue is empty")
    assert find_notice(shop, customer)["state"] == "sent"
    assert len(mailbox.of(address)) == 1


def test_a_bounce_marks_the_notice(facts, mailbox, server):
    address = "c2@customers.example"
    [message] = mailbox.of(address)
    bounce = _BOUNCE.format(number=1, address=address, message_id=message["Message-Id"])
    shop = Shop(connect(server))
    shop.env["mail.thread"].message_process(False, bounce)
    notice = find_notice(shop, facts["customers"][address])
    assert (notice["state"], notice["failure"]) == ("failed", "bounced")
    assert address in notice["failure_detail"]


def test_a_link_answers_and_a_reply_comes_back(facts, mailbox, server):
    """As a customer does: opens the link, which changes nothing, sends the form, and writes back later."""
    address = "c3@customers.example"
    customer, shop = facts["customers"][address], Shop(connect(server))
    [message] = mailbox.of(address)
    url, visitor = find_link(server, message, "paid"), visit()
    page = visitor.open(url).read().decode()
    assert not read_answers(shop, customer)
    [token] = re.findall(r'name="csrf_token" value="([^"]+)"', page)
    sent = urlencode({"csrf_token": token, "reference": "VIR 12"}).encode()
    visitor.open(url, data=sent)
    [answer] = read_answers(shop, customer)
    assert (answer["channel"], answer["to_read"]) == ("link", True)
    assert "VIR 12" in answer["note"]
    assert 'name="csrf_token"' not in visit().open(url).read().decode(), "a link answers once"
    reply = _REPLY.format(address=address, message_id=message["Message-Id"])
    shop.env["mail.thread"].message_process(False, reply)
    [reply, _link] = read_answers(shop, customer)
    assert (reply["channel"], "The pallet never came" in reply["note"]) == ("email", True)
    [first] = shop.env["credit.worklist"].search_read([], ["partner_id"], limit=1)
    assert first["partner_id"][0] == customer


def find_link(server, message, answer):
    """The link of an answer in a message, at the address where the server listens."""
    html = unescape(message.get_body(("html",)).get_content())
    links = re.findall(r'href="([^"]*/credit/answer/[^"]*)"', html)
    assert len(links) == 4
    [link] = [link for link in links if link.endswith(f"/{answer}")]
    return server.url + urlsplit(link).path


def visit():
    """A browser that nobody has used before."""
    return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))


def read_answers(shop, customer):
    """What the customer answered, latest first."""
    return shop.env["credit.contact.log"].search_read(
        [("partner_id", "=", customer)], ["channel", "note", "to_read"], order="id desc"
    )
