{
    "name": "Credit Management: What Others Add",
    "version": "19.0.1.0.0",
    "summary": "Kinds of rules, a fact and a source of exposure as another add-on brings them",
    "category": "Hidden",
    "author": "Credit Management contributors",
    "license": "LGPL-3",
    "depends": ["credit_management"],
}
