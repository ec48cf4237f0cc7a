"""What any service needs and knows no procurement: clock, database, money, errors, tokens, jobs."""
