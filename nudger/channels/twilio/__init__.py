"""SMS over Twilio, or over a provider that speaks its API."""
