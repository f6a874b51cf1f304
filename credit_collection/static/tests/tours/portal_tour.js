import { registry } from "@web/core/registry";

const day = (days) => luxon.DateTime.now().plus({ days }).toFormat("yyyy-MM-dd");
/** hoot's edit cannot fill in an empty date */
const date = (days) => ({ anchor }) => {
    anchor.value = day(days);
    anchor.dispatchEvent(new Event("change", { bubbles: true }));
};
const unload = { run: "click", expectUnloadPage: true };

registry.category("web_tour.tours").add("credit_collection_portal", {
    steps: () => [
        { content: "The card", trigger: ".o_portal_docs a[href='/my/statement']", ...unload },
        { trigger: "table[name=items]:contains(INV/)" },
        { content: "Name a day", trigger: "a[href$='/promise']", ...unload },
        { trigger: "input[name=day]", run: date(5) },
        { content: "One of two items", trigger: "label:contains(200.00) input[name=item]", run: "click" },
        { trigger: "form.o_credit_answer_promise button[type=submit]", ...unload },
        { trigger: ".alert-success:contains(your answer has reached us)" },
        { trigger: "table[name=items] .badge:contains(Promised for)" },
        { content: "Dispute the other", trigger: "a[href$='/dispute']", ...unload },
        { trigger: "select[name=category]", run: "selectByLabel Price" },
        { trigger: "textarea[name=note]", run: "edit Two pieces were broken" },
        { trigger: "form.o_credit_answer_dispute button[type=submit]", ...unload },
        { trigger: ".alert-success:contains(your answer has reached us)" },
        { trigger: "table[name=items] .badge:contains(in dispute)" },
        { content: "The plan", trigger: "div[name=plans] a:contains(To sign)", ...unload },
        { trigger: ".o_web_sign_name_input", run: "edit Ana Lopes" },
        { trigger: ".o_web_sign_auto_button", run: "click" },
        { trigger: ".o_portal_sign_submit:enabled", ...unload },
        { trigger: ".alert-success:contains(Signed by Ana Lopes)" },
    ],
});
