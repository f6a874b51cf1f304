{
    "name": "Credit Management: What Others Add",
    "version": "19.0.1.0.0",
    "summary": "Kinds of rules, a fact, a source of exposure, a document and a reason as another add-on brings them",
    "category": "Hidden",
    "author": "Credit Management contributors",
    "license": "LGPL-3",
    "depends": ["credit_followup"],
    "data": ["security/ir.model.access.csv"],
}
