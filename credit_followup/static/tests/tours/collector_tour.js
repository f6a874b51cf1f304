import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("credit_followup_collector", {
    steps: () => [
        {
            content: "Begin a run",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Prepare it",
            trigger: ".o_form_view button[name='action_prepare']",
            run: "click",
        },
        {
            content: "Two customers would be written to",
            timeout: 60000,
            trigger: ".o_form_view div[name='channel_figure_ids'] .o_data_row:contains('E-mail'):contains('2')",
        },
        {
            content: "Who is left out, and why?",
            trigger: ".o_notebook_headers a:contains('Left Out')",
            run: "click",
        },
        {
            content: "One customer is paused",
            trigger: ".o_form_view div[name='exclusion_ids'] .o_data_row:contains('Tour Paused'):contains('Paused')",
        },
        {
            content: "Back to what would go out",
            trigger: ".o_notebook_headers a:contains('To Send')",
            run: "click",
        },
        {
            content: "One of them is not written to today",
            trigger: ".o_data_row:contains('Tour Spared') button[name='action_reject']",
            run: "click",
        },
        {
            content: "Be sure",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "It is off the list",
            trigger: ".o_form_view:not(:has(.o_data_row:contains('Tour Spared')))",
        },
        {
            content: "Look at the other one",
            trigger: ".o_form_view button[name='action_view_notices']",
            run: "click",
        },
        {
            content: "The notices of the run are listed",
            trigger: ".o_last_breadcrumb_item:contains('Notices')",
            timeout: 60000,
        },
        {
            content: "Open it",
            trigger: ".o_list_view .o_data_row:contains('Tour Late') td[name='partner_id']",
            run: "click",
        },
        {
            content: "It names the invoice",
            timeout: 60000,
            trigger: ".o_form_view div[name='line_ids'] .o_data_row:contains('150.00')",
        },
        {
            content: "Read the e-mail before it goes",
            trigger: ".o_form_view button[name='action_preview']",
            run: "click",
        },
        {
            content: "It is there, with the invoice in it",
            timeout: 60000,
            trigger: ".modal :iframe body:contains('150.00')",
        },
        {
            content: "Close it",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "Approve",
            trigger: ".o_form_view:not(:has(.modal)) button[name='action_approve']",
            run: "click",
        },
        {
            content: "It is approved",
            trigger: ".o_form_view .o_arrow_button_current:contains('Approved')",
        },
    ],
});
