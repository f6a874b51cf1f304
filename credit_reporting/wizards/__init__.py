from . import credit_figure_day
