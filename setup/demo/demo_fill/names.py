"""External ids for what is loaded, so that each step finds what the others made."""

MODULE = "__demo__"

# A demo is nobody's work: no mail, no log of its changes. The keys are Odoo's own. What people would have said to each
# other is in their language, French.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "mail_auto_subscribe_no_notify": True,
    "no_reset_password": True,
    "lang": "fr_FR",
}


def remember(env, kind, records):
    """Name records: `{code: record}` become `__demo__.<kind>_<code>`."""
    env["ir.model.data"]._update_xmlids(
        [
            {"xml_id": f"{MODULE}.{kind}_{code}", "record": record, "noupdate": True}
            for code, record in records.items()
        ]
    )


def named(env, kind, code):
    """The record of this kind with this code."""
    return env.ref(f"{MODULE}.{kind}_{code}")


def create(env, model, kind, values):
    """Create `{code: values}` in one batch and name the records."""
    records = env[model].create(list(values.values()))
    made = dict(zip(values, records, strict=True))
    remember(env, kind, made)
    return made


def translate(records, field, texts, lang="fr_FR"):
    """Write the other language of a field: one text per record."""
    for record, text in zip(records, texts, strict=True):
        record.with_context(lang=lang)[field] = text


def settle(env):
    """Commit, and forget what was read.

    The credit gate reads what is committed, on a connection of its own. And what waits
    for the commit keeps environments alive, through which Odoo looks whenever a context
    changes: left alone, they double the time of loading.
    """
    env.cr.commit()
    env.invalidate_all()
