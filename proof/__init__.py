"""The whole proof in parts: which there are, what each showed, and whether that still holds.

`parts` lists them, `digest` names what they tested, `results` keeps what they showed in
`results.json`, `play` runs those that are missing, `cli` is the command line.
"""
