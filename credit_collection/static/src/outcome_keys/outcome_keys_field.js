import { registry } from "@web/core/registry";
import {
    BadgeSelectionField,
    badgeSelectionField,
} from "@web/views/fields/badge_selection/badge_selection_field";

const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** Badges chosen by their number or the arrows: one stop of the Tab key, as for radio buttons. */
export class OutcomeKeysField extends BadgeSelectionField {
    static template = "credit_collection.OutcomeKeysField";

    /** Numbers above the letters and of the keypad, whatever the layout of the keyboard. */
    onKeydown(ev) {
        if (ev.altKey || ev.ctrlKey || ev.metaKey) {
            return;
        }
        const digit = /^(?:Digit|Numpad)(\d)$/.exec(ev.code)?.[1] || /^\d$/.exec(ev.key)?.[0];
        const step = STEPS[ev.key];
        if (digit) {
            this.choose((Number(digit) + 9) % 10, ev);
        } else if (step) {
            const current = this.options.findIndex((option) => option[0] === this.value);
            const start = current < 0 && step < 0 ? 0 : current;
            this.choose((start + step + this.options.length) % this.options.length, ev);
        }
    }

    choose(index, ev) {
        const option = this.options[index];
        if (option) {
            ev.preventDefault();
            ev.stopPropagation();
            this.onChange(option[0]);
        }
    }

    /** The number that chooses an option; none after the tenth. */
    digit(index) {
        return index < 10 ? (index + 1) % 10 : "";
    }
}

registry.category("fields").add("credit_outcome_keys", {
    ...badgeSelectionField,
    component: OutcomeKeysField,
});
