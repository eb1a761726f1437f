"""What tests share: synthesising stacks, and deploying them to the local AWS."""
