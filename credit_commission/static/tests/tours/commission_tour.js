import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("commission_salesperson", {
    steps: () => [
        {
            content: "The screen of own commissions",
            trigger: ".o_form_view h1:contains('My Commissions')",
        },
        {
            content: "What open invoices would earn",
            trigger: ".o_form_view div[name='expected']:contains('18.00')",
        },
        {
            content: "What is missing for the next tier",
            trigger: ".o_form_view div[name='tier_ids'] .o_data_row:contains('187.50')",
        },
        {
            content: "Open the statements",
            trigger: ".o_form_view button[name='action_view_statements']",
            run: "click",
        },
        {
            content: "Open the one that waits for an answer",
            trigger: ".o_list_view .o_data_row:contains('Sent') td[name='person_id']",
            run: "click",
        },
        {
            content: "A salesperson does not close",
            trigger: ".o_form_view:not(:has(button[name='action_close']))",
        },
        {
            content: "Contest a line",
            trigger: ".o_form_view div[name='entry_ids'] .o_data_row button[name='action_open_contest']",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal div[name='reason'] textarea",
            run: "edit The customer paid in time",
        },
        {
            content: "Send it",
            trigger: ".modal button[name='action_contest']",
            run: "click",
        },
        {
            content: "The line is contested",
            trigger:
                ".o_form_view div[name='entry_ids'] .o_data_row:contains('The customer paid in time'):contains('Contested')",
        },
    ],
});

registry.category("web_tour.tours").add("commission_manager", {
    steps: () => [
        {
            content: "Open the contested statement",
            trigger: ".o_list_view .o_data_row:contains('Contested') td[name='person_id']",
            run: "click",
        },
        {
            content: "It cannot be closed yet, and says so",
            trigger: ".o_form_view .alert:contains('contested')",
        },
        {
            content: "Look at the invoice behind the line",
            trigger: ".o_form_view div[name='entry_ids'] .o_data_row button[name='action_view_invoice']",
            run: "click",
        },
        {
            content: "The invoice is open",
            trigger: ".o_form_view div[name='invoice_line_ids']",
        },
        {
            content: "Back to the statement",
            trigger: ".o_control_panel .breadcrumb-item a:contains('COM/')",
            run: "click",
        },
        {
            content: "Look at the plan behind the line",
            trigger: ".o_form_view div[name='entry_ids'] .o_data_row button[name='action_view_rule']",
            run: "click",
        },
        {
            content: "The plan is open, with its rules",
            trigger: ".o_form_view div[name='rule_ids']",
        },
        {
            content: "Back to the statement",
            trigger: ".o_control_panel .breadcrumb-item a:contains('COM/')",
            run: "click",
        },
        {
            content: "Answer",
            trigger: ".o_form_view div[name='entry_ids'] .o_data_row button[name='action_open_answer']",
            run: "click",
        },
        {
            content: "Put it right by 2",
            trigger: ".modal div[name='amount'] input",
            run: "edit 2.00",
        },
        {
            content: "Say why",
            trigger: ".modal div[name='answer'] textarea",
            run: "edit The bank was slow",
        },
        {
            content: "Send the answer",
            trigger: ".modal button[name='action_answer']",
            run: "click",
        },
        {
            content: "The total has changed",
            trigger: ".o_form_view div[name='total']:contains('20.00')",
        },
        {
            content: "Close the statement",
            trigger: ".o_form_view button[name='action_close']",
            run: "click",
        },
        {
            content: "Confirm",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It is closed",
            trigger: ".o_form_view .o_statusbar_status button.o_arrow_button_current:contains('Closed')",
        },
        {
            content: "Open the analysis",
            trigger: ".o_main_navbar .o_menu_sections *[data-menu-xmlid='credit_commission.menu_commission_board']",
            run: "click",
        },
        {
            content: "The board shows who earned what",
            trigger: ".o_graph_view canvas",
        },
        {
            content: "By person, plan and month",
            trigger: ".o_control_panel .o_switch_view.o_pivot",
            run: "click",
        },
        {
            content: "The salesperson is in it",
            trigger: ".o_pivot_view th:contains('Tour Salesperson')",
        },
    ],
});
