//! Slows guessing down: a wait that doubles with every miss, per address and per account.
