from .hooks import confirm_in_changed_tables
