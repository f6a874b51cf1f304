{
    "name": "Credit Management: Follow-up, France",
    "version": "19.0.1.0.0",
    "summary": "French law on late payment: interest rates, recovery costs, legal texts of reminders",
    "category": "Accounting/Localizations",
    "countries": ["fr"],
    "author": "Credit Management contributors",
    "license": "LGPL-3",
    "depends": ["credit_followup", "l10n_fr_account"],
    "data": [
        "data/credit_interest_series.xml",
        "data/credit.interest.rate.csv",
        "data/credit_late_policy.xml",
        "report/report_invoice.xml",
    ],
    "auto_install": True,
    "post_init_hook": "post_init_hook",
}
