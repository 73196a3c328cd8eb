"""The account service: people sign up, sign in and are exported."""
