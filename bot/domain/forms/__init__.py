"""Forms: declared once as classes, run by one pure engine (``engine``), shown as facts (``showing``)."""
