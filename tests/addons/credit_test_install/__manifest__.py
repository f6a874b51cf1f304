{
    "name": "Credit Management: Orders Confirmed by an Installation",
    "summary": "For tests/test_never_stuck.py",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Credit Management contributors",
    "depends": ["credit_management"],
    "data": ["data/orders.xml"],
    "post_init_hook": "confirm_in_changed_tables",
    "installable": True,
}
