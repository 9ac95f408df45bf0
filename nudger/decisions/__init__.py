"""Floor 2: verbs. Pure functions from values, `now` and a seed to values.

In the words of just-in-time adaptive interventions (Nahum-Shani 2018): `plan` finds the decision points,
`availability` asks whether we may intervene at all, `choose` is the decision rule over the options.
"""
