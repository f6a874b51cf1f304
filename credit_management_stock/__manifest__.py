{
    "name": "Credit Management: Deliveries",
    "version": "19.0.1.0.0",
    "summary": "Deliveries of customers on credit hold stay back until they are released",
    "category": "Accounting/Credit",
    "author": "Credit Management contributors",
    "license": "LGPL-3",
    "depends": ["credit_management", "sale_stock"],
    "data": [
        "security/ir.model.access.csv",
        "views/credit_hold_views.xml",
        "views/credit_policy_views.xml",
        "views/stock_picking_views.xml",
    ],
    "auto_install": True,
}
