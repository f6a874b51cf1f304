import { registry } from "@web/core/registry";

const day = () => luxon.DateTime.now().plus({ days: 60 }).toFormat("MM/dd/yyyy");

registry.category("web_tour.tours").add("credit_collection_collector", {
    steps: () => [
        { content: "The larger debt is first", trigger: ".o_data_row:first td[name=partner_id]:contains(Tour 0)", run: "click" },
        { trigger: ".o_form_view .oe_title:contains(Tour 0)" },
        { content: "Called, by key", trigger: "body", run: "press Alt+a" },
        { trigger: ".modal .o_selection_badge:contains(Message left)", run: "click" },
        { trigger: ".modal [name=note] textarea", run: "edit Ask for Ms Martin" },
        { trigger: ".modal button[name=action_record]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { content: "It is not for today any more", trigger: ".o_form_view:contains(Nothing to Do Today)" },
        { content: "Next customer", trigger: ".o_pager_next", run: "click" },
        { trigger: ".o_form_view .oe_title:contains(Tour 1)" },
        { trigger: "button[name=action_promise]", run: "click" },
        { trigger: ".modal [name=answer_date] input", run: () => {} },
        { trigger: ".modal [name=answer_date] input", run: `edit ${day()}` },
        { trigger: ".modal button[name=action_record]", run: "click" },
        { content: "Too far away", trigger: ".modal button:contains(Ask the Manager)", run: "click" },
        { trigger: ".modal [name=reason] textarea", run: "edit A good customer" },
        { trigger: ".modal button[name=action_done]", run: "click" },
        { trigger: "body:not(:has(.modal [name=reason]))" },
    ],
});

registry.category("web_tour.tours").add("credit_collection_manager", {
    steps: () => [
        { trigger: ".o_data_row td[name=partner_id]:contains(Tour 1)", run: "click" },
        { trigger: "button[name=action_grant]", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(Granted)" },
    ],
});
