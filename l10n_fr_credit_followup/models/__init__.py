from . import account_move, credit_followup_notice, credit_late_policy, res_company, template_fr
