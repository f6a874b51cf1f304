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

#: name, in the transaction's data and of its PostgreSQL setting, of the documents that passed
_PASSES = "credit_management.passes"


class View(NamedTuple):
    """What only this transaction sees, and whether it blocks others."""

    #: nothing written yet, so its own view contains nothing that others cannot see
    untouched: bool
    #: it alters a table: readers wait for its end, a second connection included
    blocks_readers: bool


class CreditGate(models.AbstractModel):
    """Checks the documents of a customer one after the other, whatever process they come from.

    Odoo runs under repeatable read: a transaction that waited for another still sees the data as before it. So the gate
    locks the credit files, then reads on a second connection whose snapshot is younger than the lock.
    """

    _name = "credit.gate"
    _description = "Credit Gate"

    #: maximum wait of a confirmation for others of the same customer
    _lock_timeout = "10s"
    #: whether the second connection keeps the prepared statement: planning takes twenty times as long as running it
    _prepares = True
    #: opening of the second connection, with short timeouts
    _fresh_opening = """
        SET LOCAL lock_timeout = '5s';
        SET LOCAL statement_timeout = '30s';
        SET LOCAL plan_cache_mode = force_generic_plan;
        SAVEPOINT credit_gate
    """

    @api.model
    def _judge_locked(self, requests, today, counted=False):
        """Assess requests so that no other transaction can pass the same limit meanwhile.

        Files and documents stay locked until commit. What this transaction has already let pass is added to the figures
        of the second connection, which are never lower than those of our own view.

        :param requests: ``{document: CreditRequest}``, records of one model
        :param counted: whether this transaction's figures already include the requests
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
        """Positions of customers, locking their files and the documents; nothing is assessed.

        :param documents: records, possibly of several models
        """
        self.env.flush_all()
        models_held = {document._name for document in documents}
        views = [
            self._lock(customers, self.env[name].browse(d.id for d in documents if d._name == name))
            for name in sorted(models_held)
        ]
        return self._read_locked(customers, (), today, False, views[0])

    def _read_locked(self, customers, requests, today, counted, view):
        """Positions as they are once the lock is held.

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
        """Whether no second connection can be used.

        While modules are installed or updated, the transaction alters tables a second connection would wait for; in
        Odoo's HTTP tests all cursors share one connection.
        """
        if not self.env.registry.ready:
            return True
        if not module.current_test:
            return False
        with self.env.registry.cursor() as cr:
            return cr.connection is self.env.cr.connection

    # === LOCK === #

    def _lock(self, customers, documents):
        """Queue behind transactions that decide for the same customers or groups, lowest id first; others are not
        affected.

        The documents are updated, not just locked: a concurrent check of one of them must not use its old state, but
        gets a serialisation failure, which Odoo answers by retrying.

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
        """Whether something was written and the present lock timeout; sets our own timeout."""
        return SQL(
            """SELECT pg_current_xact_id_if_assigned() IS NULL, current_setting('lock_timeout'),
                      set_config('lock_timeout', %s, TRUE)""",
            self._lock_timeout,
        )

    def _lock_files(self, customers):
        """Lock the files of customers and of the groups above them.

        :return: customers with a file, and their groups
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
        """Update the documents and restore the lock timeout; also tells whether readers wait for this transaction.

        :param written: whether anything was written; without that no table can have been altered
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
        """Positions as they are now, read on a separate connection whose snapshot is taken now.

        :rtype: dict[tuple[int, int], Position]
        :raise UserError: when they cannot be read within the timeouts; asks the user to confirm again
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
        # several statements in one call: allowed without parameters, by psycopg 2 and 3; a dropped connection is not
        # logged
        cr.execute(self._fresh_opening, log_exceptions=False)
        position = self.env["credit.position"]
        arguments = position._get_arguments(customers, today)
        rows = self._execute_prepared(cr, arguments) if self._prepares else None
        # as superuser: the user may have been created in the uncommitted transaction
        fresh = position.with_env(api.Environment(cr, SUPERUSER_ID, {}))
        return fresh._read_positions(customers, today, rows)

    def _execute_prepared(self, cr, arguments):
        """Rows of the positions, by a statement that stays prepared in the session.

        All in one transaction: with pgbouncer in transaction mode the next one may run in another session.
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
        """Name and ``PREPARE`` statement of the positions query; a different text gets a different name."""
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
        """``{document: CreditRequest}`` of what passed the gate in this transaction and was not rolled back.

        Kept in a setting of the transaction, because PostgreSQL rolls that back with a savepoint, as it does the
        document.
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
        """Record that documents passed the gate, by verdict or release, replacing what they passed with before."""
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
        """Forget that documents passed: nothing came of it.

        :param documents: their keys, ``(model, id)``
        """
        passes = self.env.cr.postcommit.data.get(_PASSES, {})
        for number, request in passes.items():
            if request and request.document[:2] in documents:
                passes[number] = None

    def _get_passed_amounts(self, judged):
        """``{customer or group key: amount}`` that this transaction let pass and others do not see yet.

        :param judged: requests being assessed again in full: what they passed with before does not count
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
