from . import (
    credit_profile,
    credit_statement,
    credit_statement_document,
    credit_statement_mail,
)
