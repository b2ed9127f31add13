"""What is told: the report, its numbers, its pictures and the forms it is written in."""
