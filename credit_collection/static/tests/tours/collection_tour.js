import { registry } from "@web/core/registry";

const day = (days) => luxon.DateTime.now().plus({ days }).toFormat("MM/dd/yyyy");
/** Whatever has the focus gets the key: nothing is clicked. */
const press = (content, keys, trigger = "body:not(:has(.modal))") => ({ content, trigger, run: `press ${keys}` });
const fill = (field, text) => ({
    content: `${field} has the focus`,
    trigger: `.modal [name=${field}] :is(input, textarea):focus`,
    run: `edit ${text}`,
});
const closed = { content: "The window is closed", trigger: "body:not(:has(.modal))" };
const on = (name) => ({ content: name, trigger: `.o_form_view .oe_title:contains(${name})` });
const next = (name) => [press("Next customer", "Alt+n"), on(name)];

registry.category("web_tour.tours").add("credit_collection_collector", {
    steps: () => [
        { content: "The larger debt is first", trigger: ".o_data_row:first td[name=partner_id]:contains(Tour 0)" },
        { content: "Into the list", trigger: ".o_searchview_input:focus", run: "press ArrowDown" },
        { trigger: "thead input:focus, .o_data_row input:focus", run: "press ArrowDown" },
        press("The first customer", "Enter"),
        on("Tour 0"),
        { content: "The keys are on the page", trigger: "[name=keys]:contains(Alt+N)" },

        press("Called", "Alt+a"),
        { content: "The outcome has the focus", trigger: ".modal .o_credit_outcome_keys:focus", run: "press 2" },
        { trigger: ".modal .o_selection_badge.active:contains(Message left)", run: "press Tab" },
        { trigger: ".modal [name=note] textarea", run: "edit Ask for the accounts payable" },
        press("Record", "Alt+q", ".modal"),
        closed,
        { content: "It is not for today any more", trigger: ".o_form_view:contains(Nothing to Do Today)" },

        ...next("Tour 1"),
        press("Promise", "Alt+o"),
        fill("answer_date", day(60)),
        press("Record", "Alt+q", ".modal"),
        { content: "Too far away", trigger: ".modal button:contains(Ask the Manager)", run: "click" },
        { trigger: ".modal [name=reason] textarea", run: "edit A good customer" },
        { trigger: ".modal button[name=action_done]", run: "click" },
        { trigger: "body:not(:has(.modal [name=reason]))" },

        ...next("Tour 2"),
        press("Promise within the margin", "Alt+o"),
        fill("answer_date", day(3)),
        press("Record", "Alt+q", ".modal"),
        closed,
        { content: "Nothing is asked for any more", trigger: ".o_form_view:contains(Nothing to Do Today)" },

        ...next("Tour 3"),
        press("Plan", "Alt+l"),
        fill("number", "2"),
        { content: "Two instalments", trigger: ".modal [name=instalment_ids] .o_data_row:eq(1)" },
        press("Save", "Alt+s", ".modal"),
        closed,

        ...next("Tour 4"),
        press("Dispute", "Alt+d"),
        fill("category_id", "Price"),
        { trigger: ".o-autocomplete--dropdown-item:contains(Price)", run: "click" },
        { trigger: ".modal [name=line_ids] .o_field_x2many_list_row_add a", run: "click" },
        { trigger: ".modal .o_selected_row [name=item_id] input", run: "edit INV" },
        { trigger: ".o-autocomplete--dropdown-item:contains(INV)", run: "click" },
        { content: "Its due date has come", trigger: ".modal .o_selected_row [name=amount_open]:contains(5,000)" },
        { trigger: ".modal .o_selected_row [name=amount] input", run: "edit 50" },
        { trigger: ".modal [name=note] textarea", run: "edit The price is wrong" },
        { trigger: ".modal [name=line_ids] .o_list_footer:contains(50.00)" },
        press("Save", "Alt+s", ".modal"),
        closed,

        ...next("Tour 5"),
        press("Call back", "Alt+k"),
        fill("answer_date", day(2)),
        press("Record", "Alt+q", ".modal"),
        closed,

        ...next("Tour 6"),
        press("Wrong person", "Alt+w"),
        fill("contact_id", "Purchasing"),
        { trigger: ".o-autocomplete--dropdown-item:contains(Purchasing)", run: "click" },
        press("Record", "Alt+q", ".modal"),
        closed,
    ],
});

registry.category("web_tour.tours").add("credit_collection_manager", {
    steps: () => [
        { trigger: ".o_data_row td[name=partner_id]:contains(Tour 1)", run: "click" },
        { trigger: "button[name=action_grant]", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(Granted)" },
    ],
});

registry.category("web_tour.tours").add("credit_collection_manager_portfolio", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_form_view [name=name] input", run: "edit Everybody" },
        { trigger: ".o_form_view [name=user_id] input", run: "edit Collector" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Collector)", run: "click" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
        { content: "The customers it holds", trigger: ".o_stat_text:contains(Customers)" },
    ],
});

registry.category("web_tour.tours").add("credit_collection_salesperson", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_form_view [name=partner_id] input", run: "edit Tour 7" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Tour 7)", run: "click" },
        { trigger: ".o_form_view [name=category_id] input", run: "edit Price" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Price)", run: "click" },
        { trigger: ".o_form_view [name=note] textarea", run: "edit The agreed discount is missing" },
        { trigger: "[name=line_ids] .o_field_x2many_list_row_add a", run: "click" },
        { trigger: ".o_selected_row [name=item_id] input", run: "edit INV" },
        { trigger: ".o-autocomplete--dropdown-item:contains(INV)", run: "click" },
        { trigger: ".o_selected_row [name=amount_open]:contains(400)" },
        { trigger: ".o_selected_row [name=amount] input", run: "edit 40" },
        { trigger: ".o_form_button_save", run: "click" },
        { content: "It has a number", trigger: ".o_form_saved .oe_title:contains(LIT/)" },
        { trigger: ".o_notebook a[name=owner]", run: "click" },
        { trigger: "[name=owner_opinion] input[data-value=right]", run: "click" },
        { trigger: "[name=owner_answer] textarea", run: "edit Ten percent was agreed" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
        { content: "What is said is for everybody on the dispute", trigger: ".o-mail-Chatter-sendMessage", run: "click" },
        { trigger: ".o-mail-Composer-input", run: "edit I confirm the discount" },
        { trigger: ".o-mail-Composer-send:enabled", run: "click" },
        { trigger: ".o-mail-Message:contains(I confirm the discount)" },
        { trigger: ".breadcrumb-item a:first, .o_back_button", run: "click" },
        { content: "It is in the list of who opened it", trigger: ".o_data_row td[name=partner_id]:contains(Tour 7)" },
    ],
});
