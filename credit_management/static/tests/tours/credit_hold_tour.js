import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("credit_hold_salesperson", {
    steps: () => [
        {
            content: "The verdict is there before anyone presses Confirm",
            trigger: ".o_form_view div[name='credit_verdict']:contains('550.00')",
        },
        {
            content: "Confirm the order",
            trigger: ".o_form_view button[name='action_confirm']:not(:disabled)",
            run: "click",
        },
        {
            content: "The order is held, and says so",
            trigger: ".o_form_view .ribbon:contains('On credit hold')",
        },
        {
            content: "It is still a quotation",
            trigger: ".o_form_view button[name='action_confirm']",
        },
        {
            content: "Look at its hold",
            trigger: ".o_form_view button[name='action_view_credit_holds']",
            run: "click",
        },
        {
            content: "The hold says what would free the order",
            trigger: ".o_form_view div[name='way_out']:contains('50.00')",
        },
        {
            content: "A salesperson does not decide",
            trigger: ".o_form_view:not(:has(button[name='action_open_decision']))",
        },
    ],
});

registry.category("web_tour.tours").add("credit_hold_manager", {
    steps: () => [
        {
            content: "Open the hold that waits",
            trigger: ".o_list_view .o_data_row:contains('Tour Customer') td[name='name']",
            run: "click",
        },
        {
            content: "Look at the customer's credit file",
            trigger: ".o_form_view button[name='action_view_profile']",
            run: "click",
        },
        {
            content: "The exposure is shown by source",
            trigger: ".o_form_view div[name='exposure_summary_ids'] .o_data_row:contains('300.00')",
        },
        {
            content: "Drill down to the documents",
            trigger: ".o_form_view div[name='exposure_summary_ids'] button[name='action_open_documents']",
            run: "click",
        },
        {
            content: "The invoice is behind the figure",
            trigger: ".o_list_view .o_data_row:contains('Receivables'):contains('300.00')",
        },
        {
            content: "Back to the hold",
            trigger: ".o_control_panel .breadcrumb-item a:contains('S0')",
            run: "click",
        },
        {
            content: "Decide",
            trigger: ".o_form_view button[name='action_open_decision']",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal div[name='note'] textarea",
            run: "edit The customer paid a deposit by phone",
        },
        {
            content: "Release",
            trigger: ".modal button[name='action_release']",
            run: "click",
        },
        {
            content: "The hold is released",
            trigger: ".o_form_view:not(:has(.modal)) .o_arrow_button_current:contains('Released')",
        },
    ],
});
