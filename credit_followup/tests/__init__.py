from . import test_gate_followup, test_procedure
