from . import (
    credit_statement,
    credit_statement_document,
    credit_statement_mail,
)
