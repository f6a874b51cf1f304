{
    "name": "Credit Management: Shop",
    "version": "19.0.1.0.0",
    "summary": "The confirmation page of the shop tells politely that an order is being checked",
    "category": "Accounting/Credit",
    "author": "Credit Management contributors",
    "license": "LGPL-3",
    "depends": ["credit_management", "website_sale"],
    "data": ["views/website_sale_templates.xml"],
    "auto_install": True,
}
