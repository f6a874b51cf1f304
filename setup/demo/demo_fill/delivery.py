"""Deliveries: transfers where the stock is managed, quantities by hand elsewhere."""


def deliver(env, cases, part):
    """Deliver this part of the orders, on its day."""
    transfers = []
    for case in cases:
        share = case.order.deliveries[part].share
        by_hand = case.document.order_line.filtered(
            lambda line: line.qty_delivered_method == "manual"
        )
        for line in by_hand:
            line.qty_delivered = share_of(line.product_uom_qty, share)
        if "stock.picking" in env:
            transfers.append((_transfer(case.document, share), case.order.deliveries[part].day))
    _validate(transfers)


def share_of(quantity, share):
    """Whole units: half of one is none."""
    return quantity if share == 1 else quantity // (1 / share)


def _transfer(document, share):
    """What is still to go, up to this share of the order."""
    transfer = document.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
    for move in transfer.move_ids:
        line = move.sale_line_id
        move.quantity = share_of(line.product_uom_qty, share) - line.qty_delivered
    return transfer


def _validate(transfers):
    """Validate in one batch what has something to deliver, then write the simulated day."""
    ready = [
        (transfer, day) for transfer, day in transfers if any(transfer.move_ids.mapped("quantity"))
    ]
    if not ready:
        return
    together = ready[0][0].union(*(transfer for transfer, _day in ready))
    together.with_context(skip_backorder=True, skip_sms=True).button_validate()
    for transfer, day in ready:
        transfer.date_done = day
