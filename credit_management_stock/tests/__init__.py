from . import (
    test_delivery,
    test_delivery_access,
    test_delivery_hold,
    test_delivery_neighbours,
    test_never_delivered,
    test_translation,
)
