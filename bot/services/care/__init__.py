"""Care of customers between visits: what is due for whom, entered once, told in one message, answered with a tap."""
