from . import answer_form, joint_payment, portal, reminder
