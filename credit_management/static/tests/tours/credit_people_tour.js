import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("credit_analyst_file", {
    steps: () => [
        {
            content: "The age of the receivables is drawn",
            trigger: ".o_form_view div[name='ageing_bar'] .progress-bar",
        },
        {
            content: "The habit of the customer is in words",
            trigger: ".o_form_view div[name='payment_habit']:contains('late on average')",
        },
        {
            content: "What a manager decides is not to be typed",
            trigger: ".o_form_view:not(:has(div[name='status'] select))",
        },
        {
            content: "Open the notes",
            trigger: ".o_form_view .o_notebook a[name='notes']",
            run: "click",
        },
        {
            content: "Write one",
            trigger: ".o_form_view div[name='note'] .odoo-editor-editable",
            run: "editor Called on Monday",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "It is saved",
            trigger: ".o_form_saved",
        },
        {
            content: "Log a note in the messages",
            trigger: "button.o-mail-Chatter-logNote",
            run: "click",
        },
        {
            content: "What the customer said",
            trigger: ".o-mail-Composer-input",
            run: "edit Pays on Friday",
        },
        {
            content: "Log it",
            trigger: ".o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            content: "It is there",
            trigger: ".o-mail-Message:contains('Pays on Friday')",
        },
    ],
});

registry.category("web_tour.tours").add("credit_manager_first_steps", {
    steps: () => [
        {
            content: "An empty list says that nothing is held yet, and what to do",
            trigger: ".o_view_nocontent:contains('No policy is in use yet')",
        },
        {
            content: "Choose the policy",
            trigger: ".o_view_nocontent ul[name='credit_setup'] a:contains('Use a policy')",
            run: "click",
        },
        {
            content: "Open it",
            trigger: ".o_list_view .o_data_row:contains('Tour Policy') td[name='name']",
            run: "click",
        },
        {
            content: "Use it",
            trigger: ".o_form_view button[name='action_ask_use']",
            run: "click",
        },
        {
            content: "A simulation is proposed first",
            trigger: ".modal div[name='simulated']:contains('not been simulated')",
        },
        {
            content: "Use it all the same",
            trigger: ".modal button[name='action_use']",
            run: "click",
        },
        {
            content: "It is in use",
            trigger: ".o_form_view button[name='action_stop_using']",
        },
    ],
});

registry.category("web_tour.tours").add("credit_analyst_refuses", {
    steps: () => [
        {
            content: "Who may release it is said before anything is written",
            trigger: ".o_form_view div[name='refusal_of_decision']:contains('must be decided by')",
        },
        {
            content: "To refuse is no risk",
            trigger: ".o_form_view button[name='action_open_decision']:contains('Refuse')",
            run: "click",
        },
        {
            content: "The figures of now stand beside those of the hold",
            trigger: ".modal table[name='figures'] div[name='excess_now']",
        },
        {
            content: "There is nothing to release",
            trigger: ".modal:not(:has(button[name='action_release']))",
        },
        {
            content: "Look for a reason",
            trigger: ".modal div[name='reason_id'] input",
            run: "click",
        },
        {
            content: "Choose it",
            trigger: ".modal .o-autocomplete--dropdown-item:contains('Exposure too high'), .o-autocomplete--dropdown-item:contains('Exposure too high')",
            run: "click",
        },
        {
            content: "Refuse",
            trigger: ".modal button[name='action_refuse']",
            run: "click",
        },
        {
            content: "It is refused, with the reason",
            trigger: ".o_form_view div[name='decision_reason_id']:contains('Exposure too high')",
        },
    ],
});
