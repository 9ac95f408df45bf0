"""nudger: small, kind, well-timed nudges by SMS and email, from YAML schedules and message libraries.

The way of a nudge, and where each step lives; imports only go down, and import-linter proves it:

    YAML ── files/ ──> a Catalog of domain values ──┐
    people ── files/, storage/ ─────────────────────┴─> decisions/snapshot.py     all that deciding needs, in memory
    waking up ── daemon/waker.py ─> use_cases/serve.py: a tick
        greet     decisions/greet.py      no hello, no nudge; hello.py: when it is said again
        plan      decisions/plan.py       which slots fell due since the last tick?  (calendar: domain/calendar.py)
        decide    decisions/decide.py     may we (availability.py)? which words, or none (select.py, choose.py)?
        write     use_cases/queue_nudges.py ─> storage/ledger.py       one slot, one nudge, for ever
        deliver   use_cases/deliver_nudges.py ─> channels/     claim_nudges.py writes the attempt down, then it is made
        settle    decisions/settle.py     sent, again later, failed, or in doubt: ask, and weigh it (doubt.py)
        explain   decisions/why.py        the record in words; replay.py decides again from it
    looking ahead ── use_cases/outlook.py ─> rehearsal.py       preview, status, explain, why, run: one answer
        a year    use_cases/year_ahead.py ─> files/year.py      for check: what would never go out, to whom, and why
    after trouble ── use_cases/take_up.py, restore.py, raise_guard.py; decisions/brake.py: a provider that says "slower"

    floor 0  errors.py      expected trouble, and what a failed attempt means
          1  domain/        nouns: frozen values
          2  decisions/     verbs: pure functions of values, `now` and a seed
          3  use_cases/     steps, over the small protocols of ports.py
          4  files/ storage/ channels/    YAML in, the ledger, the ways out: they do not know each other
          5  wiring/        names every real part; wiring/clock.py is the only reader of the clock
          7  daemon/        signals, systemd, APScheduler as the alarm clock
          8  cli/           one module for each command

To add a way to say "when": domain/schedules.py, decisions/dates.py, files/. A channel: channels/, wiring/sending.py.
A rule about when not to send: decisions/availability.py. Something to know of a person: decisions/variables.py.
A setting: files/settings.py and its setting_*.py. Another word for something: files/data/aliases.txt.
A command: cli/. What is on disk: storage/tables.py.
"""

__version__ = "0.1.0"
