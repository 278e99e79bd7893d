"""Who matters and why: grades, RFM, lifecycle and buying models, each with its parts (METHOD.md sections 2-4)."""
