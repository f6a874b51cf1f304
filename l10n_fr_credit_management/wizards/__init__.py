from . import credit_late_payment_report
