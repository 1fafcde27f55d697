//! What the studio means: people, recipes, jobs, renders, and who may do what. Synchronous.
