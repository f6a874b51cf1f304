{
    "name": "Credit Management: Litigation, France",
    "version": "19.0.1.0.0",
    "summary": "French law of litigation: steps and legal deadlines of the order to pay and of insolvency proceedings",
    "category": "Accounting/Localizations",
    "countries": ["fr"],
    "author": "Credit Management contributors",
    "license": "LGPL-3",
    "depends": ["credit_litigation", "l10n_fr_account"],
    "data": ["data/credit_deadline_rule.xml"],
    "auto_install": True,
    "post_init_hook": "post_init_hook",
}
