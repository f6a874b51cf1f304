from . import test_gate_followup, test_procedure, test_rules
