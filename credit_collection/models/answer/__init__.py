from . import credit_answer_part_mixin  # isort: skip
from . import credit_answer_line_mixin, credit_answer_mixin, credit_profile, res_partner_moved
