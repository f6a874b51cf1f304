from . import credit_contact_role_choice
