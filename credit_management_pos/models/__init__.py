from . import account_move, credit_exposure, pos_order, sale_order
