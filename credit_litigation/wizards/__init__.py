from . import credit_litigation_closing
