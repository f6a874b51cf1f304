from . import (
    test_access,
    test_assessment,
    test_exposure,
    test_figures,
    test_gate,
    test_hold,
    test_install,
    test_limit,
    test_partner,
    test_policy,
    test_rules,
    test_tours,
)
