"""Who a caller is: passwords, sessions, tokens, OpenID, and the pages of people."""
