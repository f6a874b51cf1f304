from . import test_document, test_extension, test_reason
