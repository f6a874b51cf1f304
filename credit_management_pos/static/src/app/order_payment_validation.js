import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";

patch(OrderPaymentValidation.prototype, {
    async isOrderValid(isForceValidate) {
        return (await super.isOrderValid(isForceValidate)) && (await this.passesCreditGate());
    },

    /** Amount not paid here, less what a confirmed order already requested. */
    get amountOnAccount() {
        const onAccount = this.order.payment_ids
            .filter((payment) => payment.payment_method_id.type === "pay_later")
            .reduce((sum, payment) => sum + payment.getAmount(), 0);
        const asked = this.order.lines
            .filter((line) => line.sale_order_origin_id?.state === "sale")
            .reduce((sum, line) => sum + line.priceIncl, 0);
        return onAccount - Math.max(asked, 0);
    },

    async passesCreditGate() {
        const partner = this.order.partner_id;
        const amount = this.amountOnAccount;
        if (!partner || amount <= 0) {
            return true;
        }
        try {
            const refusal = await this.pos.data.call("pos.order", "get_credit_refusal", [
                this.pos.session.id,
                partner.id,
                amount,
            ]);
            if (refusal) {
                this.pos.dialog.add(AlertDialog, { title: _t("On credit hold"), body: refusal });
            }
            return !refusal;
        } catch (error) {
            if (error instanceof ConnectionLostError) {
                return true; // credit control is told when the server gets the order
            }
            throw error;
        }
    },
});
