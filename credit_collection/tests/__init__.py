from . import (
    test_answer_histories,
    test_answer_merge,
    test_collector_tour,
    test_contact_log,
    test_dispute,
    test_negotiation,
    test_payment_plan,
    test_promise,
    test_rules,
    test_target,
    test_translation,
    test_worklist,
)
