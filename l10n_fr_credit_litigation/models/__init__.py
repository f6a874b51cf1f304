from . import res_company, template_fr
