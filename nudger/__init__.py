"""nudger: small, kind, well-timed nudges by SMS and email, from YAML schedules and message libraries.

The way of a nudge, and where each step lives; imports only go down, and import-linter proves it:

    YAML ── config/ ──> a Catalog of domain values ──┐
    people ── use_cases/people_served.py ────────────┴─> decisions/snapshot.py    all that deciding needs, in memory,
                                                         changed person by person
    waking up ── daemon/waker.py ─> use_cases/serve.py: a tick
        greet     decisions/greet.py             no hello, no nudge; delivering/hello.py: when it is said again
        plan      decisions/planning/plan.py     which slots fell due since the last tick?  (domain/calendar.py)
        decide    decisions/points/decide.py     may we (availability.py)? which words, or none (select.py, choosing/)?
        write     use_cases/queue_nudges.py ─> storage/nudges.py      one slot, one nudge, for ever; a Decision with
                                                 its Record, and the Reason why: never changed
        deliver   use_cases/claim_nudges.py writes the Attempt down under a lease; deliver_nudges.py ─> channels/
        settle    decisions/delivering/transitions.py     sent, again later, failed, or in doubt: ask, and weigh it
        explain   use_cases/why.py ─> prose/why.py, reasons.py    in words; points/replay.py decides again from it
    looking ahead ── use_cases/outlook.py ─> rehearsal.py     preview, status, explain, why, run: one answer
        a year    use_cases/year_ahead.py ─> config/checks/year.py     for check: what would never go out, and why
    after trouble ── use_cases/take_up.py, restore.py, raise_guard.py; delivering/health.py: a sender that must wait;
                       domain/leases.py: which daemon plans, where several share a ledger

    floor 0  errors.py      expected trouble, and what a failed attempt means
          1  domain/        nouns: frozen values
          2  decisions/     verbs: pure functions of values, `now` and a seed
          3  prose/ storage/    sentences and pages for people; the ledger, part by part
          4  use_cases/     steps, in one transaction each; ports.py: the way out and the clock
          5  config/ channels/  YAML and settings in; the ways out, a folder for each provider
          6  proofread/, then wiring/    what words do to a reader; every real part, and the only clock
          7  daemon/        signals, systemd, APScheduler as the alarm clock
          8  cli/           one module for each command: it parses, calls one use case, and prints

To add a way to say "when": domain/schedules.py, decisions/planning/dates.py, config/schedules/. A channel: channels/,
wiring/sending.py. A rule about when not to send: decisions/points/availability.py, domain/reasons.py, prose/reasons.py.
Something to know of a person: decisions/choosing/variables.py. A setting: config/settings/. Another word for something:
config/data/aliases.txt. A command: cli/. What is on disk: storage/tables.py; small facts: storage/fact_codecs.py.

Words: a slot is one time of a schedule for one person; a decision point is a slot's turn; options are the messages that
fit; a nudge is what became of a slot; an attempt is one try to hand it over; a sender is the number or mailbox it goes
from; a lease says for how long an attempt, or planning, is one daemon's, and its fence that nobody else took it since.
"""

__version__ = "0.1.0"
