"""The decision rule in plain words: the specification of `choose`, which does the same faster.

It goes through all messages and says how likely each of them is.
"""

from collections import Counter

from nudger.decisions.choosing.preferences import NO_PREFERENCES


def plain_rule(options, rotation, preferences=NO_PREFERENCES, *, in_order=False, learned=None):
    """Return the chance of each message that may come, by its key; they sum to one, or there is none."""
    seen, unwanted, weights = rotation.seen, preferences.unwanted, preferences.weights
    if in_order:  # a series: the next one, wanted or not
        return dict.fromkeys([m.key for m in options.messages if m.key not in seen][:1], 1.0)
    wanted = [m for m in options.messages if m.key not in unwanted]
    unseen = [m for m in wanted if m.key not in seen]
    if not unseen:  # the longest unseen
        return dict.fromkeys(sorted([m.key for m in wanted], key=seen.__getitem__)[:1], 1.0)

    # The component that was served longest ago, of those that have something; of two alike, the one that comes first.
    components = list(dict.fromkeys(m.component for m in options.messages))
    turn = min((m.component for m in unseen), key=lambda c: (rotation.served[c], components.index(c)))
    theirs = [m for m in unseen if m.component is turn]
    rested = [m for m in theirs if m.theme not in rotation.resting | preferences.resting] or theirs

    # The practice overdue for longest, else one that was not served of late, else any; whoever is learned from: any.
    count = Counter(m.practice for m in rested)
    overdue = {p: at for p, at in rotation.overdue.items() if p in count and weights.get(p, 1) >= 1}
    longest = [p for p, at in overdue.items() if at == min(overdue.values())]
    fresh = [p for p in count if p not in rotation.recent]
    practices = count if learned is not None else longest or fresh or count

    # Alike, but for what was said and learned; the wordings of a practice share its chance.
    share = {p: weights.get(p, 1) * (learned or {}).get(p, 1) for p in practices}
    return {m.key: share[m.practice] / sum(share.values()) / count[m.practice] for m in rested if m.practice in share}
