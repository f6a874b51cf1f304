from . import credit_followup_notice, credit_late_policy, res_company, template_fr
