from . import (
    test_ageing,
    test_figure,
    test_figure_history,
    test_home,
    test_rules,
    test_snapshot,
    test_translation,
)
