"""The clients of a local AWS: start one, set its clock and faults, play CloudFormation to it."""
