from . import credit_followup_preview
