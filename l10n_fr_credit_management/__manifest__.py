{
    "name": "Credit Management: France",
    "version": "19.0.1.0.0",
    "summary": "Tables of late payments of the management report (code de commerce, D441-6)",
    "category": "Accounting/Localizations",
    "countries": ["fr"],
    "author": "Credit Management contributors",
    "license": "LGPL-3",
    "depends": ["credit_management", "l10n_fr_account"],
    "data": [
        "security/ir.model.access.csv",
        "security/ir_rules.xml",
        "report/late_payment_report.xml",
        "wizards/credit_late_payment_report_views.xml",
    ],
    "auto_install": True,
}
