import tourUtils from "@sale/js/tours/tour_utils";
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

function addLine(row, total) {
    return [
        ...tourUtils.addProduct("Tour Product", row),
        {
            content: "The line has its price",
            trigger: `div[name='tax_totals']:contains('${total}')`,
        },
        ...stepUtils.saveForm(),
    ];
}

registry.category("web_tour.tours").add("credit_quotation_new", {
    steps: () => [
        ...tourUtils.createNewSalesOrder(),
        ...tourUtils.selectCustomer("Tour Customer"),
        ...addLine(1, "7.00"),
    ],
});

registry.category("web_tour.tours").add("credit_quotation_line", {
    steps: () => addLine(2, "14.00"),
});
