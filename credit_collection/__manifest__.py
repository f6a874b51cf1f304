{
    "name": "Credit Management: Collection",
    "version": "19.0.1.0.0",
    "summary": "Who is called today and what the customer answered: worklist, calls, promises, payment plans, disputes",
    "category": "Accounting/Credit",
    "author": "Credit Management contributors",
    "license": "LGPL-3",
    "depends": ["credit_followup", "account_payment"],
    "data": [
        # promises, plans, disputes
        "security/ir.model.access.csv",
        "security/ir_rules.xml",
        "data/ir_cron.xml",
        "views/credit_promise_views.xml",
        "views/credit_profile_collection_views.xml",
        "views/res_config_settings_collection_views.xml",
        "views/credit_collection_menus.xml",
        # calls, worklist, the page of a customer
        "security/worklist/ir.model.access.csv",
        "security/worklist/ir_rules.xml",
        "data/credit_contact_outcome.xml",
        "data/credit_contact_role.xml",
        "data/credit_worklist_strategy.xml",
        "wizards/credit_contact_role_choice_views.xml",
        "views/worklist/credit_contact_log_views.xml",
        "views/worklist/credit_worklist_strategy_views.xml",
        "views/worklist/credit_worklist_views.xml",
        "views/worklist/credit_worklist_menus.xml",
    ],
    "assets": {
        "web.assets_tests": ["credit_collection/static/tests/tours/**/*"],
    },
}
