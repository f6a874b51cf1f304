import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as OfflineUtil from "@point_of_sale/../tests/generic_helpers/offline_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import { registry } from "@web/core/registry";

const PRODUCT = "Service invoiced on order";

function sellOnAccount(quantity) {
    return [
        ProductScreen.addOrderline(PRODUCT, quantity),
        ProductScreen.clickPayButton(),
        PaymentScreen.clickPartnerButton(),
        PaymentScreen.clickCustomer("Customer"),
        PaymentScreen.clickPaymentMethod("On account"),
    ].flat();
}

registry.category("web_tour.tours").add("credit_management_pos_till", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),

            // within the limit of 100: sold
            sellOnAccount("40"),
            PaymentScreen.clickValidate(),
            ReceiptScreen.isShown(),
            ReceiptScreen.clickNextOrder(),

            // without a connection nobody can be asked: sold, and credit control is told afterwards
            OfflineUtil.setOfflineMode(),
            sellOnAccount("70"),
            PaymentScreen.clickValidate(),
            ReceiptScreen.isShown(),
            OfflineUtil.setOnlineMode(),
            ReceiptScreen.clickNextOrder(),

            // beyond the limit: the cashier reads why, and the customer pays in cash
            sellOnAccount("61"),
            PaymentScreen.clickValidate(),
            {
                content: "The till says what to do",
                trigger: ".modal:contains('On credit hold'):contains('Take another form of payment')",
            },
            {
                content: "The cashier has read it",
                trigger: ".modal .modal-footer .btn-primary",
                run: "click",
            },
            PaymentScreen.clickPaymentlineDelButton("On account", "61"),
            PaymentScreen.clickPaymentMethod("Cash"),
            PaymentScreen.clickValidate(),
            ReceiptScreen.isShown(),
            ReceiptScreen.clickNextOrder(),
            Chrome.isSynced(),
            Chrome.endTour(),
        ].flat(),
});
