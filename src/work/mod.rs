//! The hands: takes jobs from the queue, has a worker process make them, hands in renders.
