"""What things cost: budgets, which MiniStack has, and Cost Explorer's tags, which it has not."""
