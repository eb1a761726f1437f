"""The one marked place that reaches into MiniStack's internals (written for 1.5.33).

Everything here may break with another version of MiniStack; nothing else in this package
imports it. Each module says which of its names it uses and why.
"""
