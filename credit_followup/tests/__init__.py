from . import test_gate_followup, test_notice, test_procedure, test_rules
