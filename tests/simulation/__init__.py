"""A simulated citizen: plays whole conversations against the real engine and judges them. Seeded; nothing here is a test by name."""
