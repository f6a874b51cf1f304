from . import test_ageing
from . import test_figure
from . import test_figure_history
from . import test_home
from . import test_rules
from . import test_translation
