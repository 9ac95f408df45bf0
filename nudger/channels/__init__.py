"""Floor 4: the ways out. One module per channel, each over one provider; they know no other floor at their height.

Every `send` ends in a receipt or in a DeliveryError whose effect comes from a table; nothing here retries,
reads the clock, or logs, and no code or message of an error holds an address or a text.
"""
