"""What may be shown of few people: what is hidden, what is hidden with it, and the audit that shows it is enough."""
