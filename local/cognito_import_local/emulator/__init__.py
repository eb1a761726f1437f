"""The only package that imports MiniStack, and uses its internals (written for 1.5.33).

All of it may break with another version of MiniStack. `patches` lists the changes to MiniStack; the
other modules implement the protocols of `service/cloud.py`. Each module names the internals that it
uses, after "Used:".
"""
