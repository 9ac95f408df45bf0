"""What a person has to look at: storms, changes, words that run out."""
