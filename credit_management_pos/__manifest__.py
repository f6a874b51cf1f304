{
    "name": "Credit Management: Point of Sale",
    "version": "19.0.1.0.0",
    "summary": "What is settled at the till is never held, and what the till sells on account asks the gate",
    "category": "Accounting/Credit",
    "author": "Credit Management contributors",
    "license": "LGPL-3",
    "depends": ["credit_management", "pos_sale"],
    "assets": {
        "point_of_sale._assets_pos": ["credit_management_pos/static/src/**/*"],
        "web.assets_tests": ["credit_management_pos/static/tests/tours/**/*"],
    },
    "auto_install": True,
}
