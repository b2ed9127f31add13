"""What was recorded: tables, faults and studies."""
