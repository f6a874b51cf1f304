import hashlib
from dataclasses import replace
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.modules import module
from odoo.tools import SQL, ormcache
from psycopg2 import InterfaceError, OperationalError
from psycopg2.errors import (
    FeatureNotSupported,
    InvalidSqlStatementName,
    LockNotAvailable,
    QueryCanceled,
)
from psycopg2.pool import PoolError

from ..fresh_cursors import read_fresh
from ..rules import CreditGroup, assess_in_turn

#: what passed in a transaction: the name in its data, and of its setting
_PASSES = "credit_management.passes"


class View(NamedTuple):
    """What this transaction sees that others do not, and what it keeps from them."""

    #: it has written nothing, so that its own view holds nothing that others lack
    untouched: bool
    #: it changes a table: whoever reads that waits for its end, a second connection too
    blocks_readers: bool


class CreditGate(models.AbstractModel):
    """Where documents of a customer are judged one after the other, whoever sends them and from wherever.

    Odoo works under repeatable read: a transaction that waited for another still sees the world before it. So the
    gate locks the credit files, then reads on a second connection whose snapshot is younger than the lock.
    """

    _name = "credit.gate"
    _description = "Credit Gate"

    #: how long a confirmation waits for others of the same customer
    _lock_timeout = "10s"
    #: whether the second connection keeps its statement: planning it takes twenty times as long as running it
    _prepares = True
    #: how the second connection begins: it waits for nobody longer than a moment
    _fresh_opening = """
        SET LOCAL lock_timeout = '5s';
        SET LOCAL statement_timeout = '30s';
        SET LOCAL plan_cache_mode = force_generic_plan;
        SAVEPOINT credit_gate
    """

    @api.model
    def _judge_locked(self, requests, today, counted=False):
        """Judge requests so that no other transaction can pass the same limit meanwhile.

        Files and documents stay locked until the end of the transaction. What this transaction let pass already
        is added to what the second connection sees, and the figures are never below what our own view shows.

        :param requests: ``{document: CreditRequest}``, records of one model
        :param counted: whether our own figures contain the requests already
        :return: ``{document: Assessment}``
        """
        self.env.flush_all()
        customers = {request.customer for request in requests.values()}
        documents = next(iter(requests)).browse(document.id for document in requests)
        view = self._lock(customers, documents)
        positions = self._read_locked(customers, requests.values(), today, counted, view)
        verdicts = assess_in_turn(list(requests.values()), positions)
        passed = (request for request, found in verdicts.items() if found.verdict != "hold")
        self._remember_passed(passed)
        return {document: verdicts[request] for document, request in requests.items()}

    def _read_behind_lock(self, customers, documents, today):
        """Standings of customers whose files stay locked, and the documents with them; nothing is judged.

        :param documents: records, of several models too
        """
        self.env.flush_all()
        models_held = {document._name for document in documents}
        views = [
            self._lock(customers, self.env[name].browse(d.id for d in documents if d._name == name))
            for name in sorted(models_held)
        ]
        return self._read_locked(customers, (), today, False, views[0])

    def _read_locked(self, customers, requests, today, counted, view):
        """Standings as they are behind the lock.

        :param View view: of this transaction
        """
        if view.blocks_readers or self._reads_own_view():
            return self._read_own(customers, requests, today, counted)
        seen = self._read_fresh(customers, today)
        if view.untouched and not counted:
            return seen
        own = self._read_own(customers, requests, today, counted)
        passed = self._get_passed_amounts(requests)
        return {
            key: seen[key].with_own(mine, lambda group, key=key: passed.get(group or key, 0.0))
            if key in seen
            else mine
            for key, mine in own.items()
        }

    def _read_own(self, customers, requests, today, counted):
        own = self.env["credit.position"]._read_positions(customers, today)
        for request in requests if counted else ():
            own[request.customer] = own[request.customer].less(request)
        return own

    def _reads_own_view(self):
        """Whether there is no second view.

        While modules are installed or updated, the transaction changes tables that a second connection would wait
        for; in Odoo's tests of pages, all cursors share one connection.
        """
        if not self.env.registry.ready:
            return True
        if not module.current_test:
            return False
        with self.env.registry.cursor() as cr:
            return cr.connection is self.env.cr.connection

    # === LOCK === #

    def _lock(self, customers, documents):
        """Queue behind whoever decides for the same customers or groups, lowest id first; others do not notice.

        The documents are touched, not just locked: whoever judges one of them at the same moment must not do
        so on its old face, but gets a serialisation failure, which Odoo answers by trying again.

        :rtype: View
        """
        try:
            [[untouched, others_wait, _ours]] = self.env.execute_query(self._lock_opening())
            missing = customers - self._lock_files(customers)
            if missing:
                self.env["credit.profile"]._insert_missing(missing)
                self._lock_files(customers)
            touch = self._touch_sql(documents, not untouched, others_wait)
            [[blocks_readers, _theirs]] = self.env.execute_query(touch)
        except LockNotAvailable as error:
            raise UserError(
                self.env._(
                    "Another order of the same customer is being checked. Confirm again in a moment."
                )
            ) from error
        return View(untouched, blocks_readers)

    def _lock_opening(self):
        """As it is now, whether something was written and how long others wait; from here on, how long we wait."""
        return SQL(
            """SELECT pg_current_xact_id_if_assigned() IS NULL, current_setting('lock_timeout'),
                      set_config('lock_timeout', %s, TRUE)""",
            self._lock_timeout,
        )

    def _lock_files(self, customers):
        """Lock the files of customers and of the groups above them.

        :return: those that have a file, and groups
        """
        partners, companies = (list(ids) for ids in zip(*customers, strict=True))
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, company_id FROM credit_profile
                    WHERE id IN (SELECT UNNEST(f.id || string_to_array(RTRIM(f.parent_path, '/'), '/')::int[])
                                   FROM credit_profile f
                                  WHERE f.partner_id = ANY(%s) AND f.company_id = ANY(%s))
                    ORDER BY id FOR NO KEY UPDATE""",
                partners,
                companies,
            )
        )
        return set(rows)

    def _touch_sql(self, documents, written, others_wait):
        """Touch the documents, then wait as before; and whether readers wait for this transaction.

        :param written: who changes a table has written something, so that others need not ask
        """
        return SQL(
            """WITH touched AS (UPDATE %(table)s SET write_uid = write_uid WHERE id = ANY(%(ids)s) RETURNING 1)
               SELECT %(written)s AND EXISTS (
                          SELECT FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
                           WHERE l.pid = pg_backend_pid() AND l.mode = 'AccessExclusiveLock'
                             AND c.relkind <> 'S' AND c.relpersistence <> 't'),
                      set_config('lock_timeout', %(others_wait)s, TRUE)
                 FROM (SELECT COUNT(*) FROM touched) t""",
            table=SQL.identifier(documents._table),
            ids=documents.ids,
            written=written,
            others_wait=others_wait,
        )

    # === SECOND CONNECTION === #

    def _read_fresh(self, customers, today):
        """Standings as they are now, read on a connection of its own whose snapshot is taken now.

        :rtype: dict[tuple[int, int], Position]
        :raise UserError: where it cannot be read in a moment; who confirms is asked to confirm again
        """
        try:
            return read_fresh(
                self.env.registry, lambda cr: self._read_positions_on(cr, customers, today)
            )
        except (LockNotAvailable, QueryCanceled) as error:
            raise UserError(
                self.env._(
                    "The customer's figures cannot be read because the database is busy. Nothing was saved. Confirm again in a moment."
                )
            ) from error
        except (PoolError, InterfaceError, OperationalError) as error:
            raise UserError(
                self.env._(
                    "The customer's figures cannot be read because no database connection is free. Nothing was saved. Confirm again in a moment; if it happens again, tell your administrator."
                )
            ) from error

    def _read_positions_on(self, cr, customers, today):
        # several statements, as they have no parameters; a connection that was cut meanwhile is no error
        cr.execute(self._fresh_opening, log_exceptions=False)
        position = self.env["credit.position"]
        arguments = position._get_arguments(customers, today)
        rows = self._execute_prepared(cr, arguments) if self._prepares else None
        # as the system: the user may have been made in the transaction that waits
        fresh = position.with_env(api.Environment(cr, SUPERUSER_ID, {}))
        return fresh._read_positions(customers, today, rows)

    def _execute_prepared(self, cr, arguments):
        """Rows of the positions; the session keeps the statement.

        All in one transaction: where sessions are shared (pgbouncer), the next one may be in another session.
        """
        name, prepare = self._get_statement()
        execute = SQL("EXECUTE %s(%s, %s, %s)", SQL.identifier(name), *arguments)
        try:
            cr.execute(execute, log_exceptions=False)
        except (InvalidSqlStatementName, FeatureNotSupported) as error:
            cr.execute("ROLLBACK TO SAVEPOINT credit_gate")
            if isinstance(error, FeatureNotSupported):  # a table has changed since
                cr.execute(SQL("DEALLOCATE %s", SQL.identifier(name)))
            cr.execute(prepare)
            cr.execute(execute)
        return cr.fetchall()

    @api.model
    @ormcache()
    def _get_statement(self):
        """Name and ``PREPARE`` of the positions of some customers; another text has another name."""
        positions = self.env["credit.position"]._positions_sql(SQL("$1"), SQL("$2"), SQL("$3"))
        digest = hashlib.sha256(repr((positions.code, positions.params)).encode()).hexdigest()
        name = f"credit_positions_{digest[:16]}"
        return name, SQL(
            "PREPARE %s(int[], int[], date) AS %s",
            SQL.identifier(name),
            positions,
        )

    # === WHAT PASSED === #

    def _get_passed(self):
        """``{document: CreditRequest}`` that passed the gate in this transaction, and stands.

        Which of them stand is in a setting of the transaction: PostgreSQL takes it back with a savepoint, as it does
        with what the document became.
        """
        passes = self.env.cr.postcommit.data.get(_PASSES)
        if not passes:
            return {}
        position = SQL("SELECT string_to_array(current_setting(%s, true), ',')", _PASSES)
        [[numbers]] = self.env.execute_query(position)
        passed = {}
        for number in numbers or ():
            if number.isdigit() and (request := passes.get(int(number))):
                if request.is_whole:
                    passed = {key: d for key, d in passed.items() if key[:2] != request.document}
                passed[request.document] = request
        return passed

    def _remember_passed(self, requests):
        """These documents passed the gate, by a verdict or by a release: it replaces what they passed with so far."""
        passes = self.env.cr.postcommit.data.setdefault(_PASSES, {})
        first = len(passes)
        passes.update(enumerate(requests, first))
        if len(passes) > first:
            added = "".join(f",{number}" for number in range(first, len(passes)))
            setting = SQL(
                "SELECT set_config(%(name)s, COALESCE(current_setting(%(name)s, true), '') || %(added)s, true)",
                name=_PASSES,
                added=added,
            )
            self.env.execute_query(setting)

    def _forget_passed(self, documents):
        """The pass of these documents led to nothing.

        :param documents: their keys, ``(model, id)``
        """
        passes = self.env.cr.postcommit.data.get(_PASSES, {})
        for number, request in passes.items():
            if request and request.document[:2] in documents:
                passes[number] = None

    def _get_passed_amounts(self, judged):
        """``{customer or key of a group: amount}`` that this transaction let pass, without what others see already.

        :param judged: requests whose whole documents are judged anew: what they passed with before does not count
        """
        anew = {request.document for request in judged if request.is_whole}
        added = [
            request
            for key, request in self._get_passed().items()
            if not request.source and key[:2] not in anew
        ]
        added += [replace(request, amount=0.0) for request in judged if request.known]
        amounts = {}
        groups = self._get_groups({request.customer for request in added})
        for request in added:
            for key in (request.customer, *groups.get(request.customer, ())):
                amounts[key] = amounts.get(key, 0.0) + request.amount - request.known
        return amounts

    def _get_groups(self, customers):
        """``{customer: keys of the groups it shares a limit with}``."""
        if not customers or not self.env["credit.profile"]._has_groups():
            return {}
        profiles = self.env["credit.profile"].sudo()._find(customers)
        return {
            profile._get_customer(): [
                CreditGroup(int(part)).key for part in profile.parent_path.split("/")[:-1]
            ]
            for profile in profiles
        }
