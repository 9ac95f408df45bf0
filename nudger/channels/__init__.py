"""Floor 5: the ways out. They know no other floor at their height.

`sms` (Twilio), `email` (SMTP) and `local` (a Maildir and the terminal) are the channels; the other modules are
their parts. Every `send` ends in a receipt, or in a DeliveryError whose effect comes from a table. Nothing here
sends a message twice, reads the clock, or logs, and no error holds an address or a text.
"""
