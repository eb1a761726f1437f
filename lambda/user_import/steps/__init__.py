"""The steps of the import workflow, and the state that they hand on."""
