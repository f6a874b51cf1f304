from . import credit_followup_preview, credit_statement_wizard
