"""The law of grades: what overtime costs, and how raw, deduction and final belong together. Pure, exact decimals."""
