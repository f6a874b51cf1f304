{
    "name": "Credit Management: Follow-up",
    "version": "19.0.1.0.0",
    "summary": "Reminders by level and channel, previewed and sent once; pauses, late charges and statements of account",
    "category": "Accounting/Credit",
    "author": "Credit Management contributors",
    "license": "LGPL-3",
    "depends": ["credit_management", "portal"],
    "data": [
        "security/ir.model.access.csv",
        "security/ir_rules.xml",
        "views/credit_followup_procedure_views.xml",
        "views/credit_policy_views.xml",
        "views/credit_profile_views.xml",
        "views/credit_risk_class_views.xml",
        "views/res_config_settings_views.xml",
        "views/credit_followup_menus.xml",
    ],
}
