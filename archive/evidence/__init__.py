"""Evidence: what the site answered; recorded, checked, copied, and forgotten only on purpose."""
