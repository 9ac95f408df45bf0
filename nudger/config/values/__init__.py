"""Words to values: times, days, dates, addresses, zones, regions."""
