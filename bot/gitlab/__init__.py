"""GitLab, touched: the only importer of python-gitlab. It must not decide what should be."""
