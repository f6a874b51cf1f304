{
    "name": "Credit Management: Reporting",
    "version": "19.0.1.0.0",
    "summary": "How we are doing, today and on any past day: home page, DSO, ageing, delays",
    "category": "Accounting/Credit",
    "author": "Credit Management contributors",
    "license": "LGPL-3",
    "depends": ["credit_management"],
    "data": [
        "security/ir.model.access.csv",
        "security/ir_rules.xml",
        "views/credit_figure_views.xml",
        "views/credit_ageing_views.xml",
        "wizards/credit_figure_day_views.xml",
        "views/credit_home_views.xml",
        "views/res_config_settings_views.xml",
        "views/credit_reporting_menus.xml",
    ],
}
