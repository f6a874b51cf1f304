from . import answer_form, portal, reminder
