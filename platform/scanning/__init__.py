"""What arrived: is it what it says, is it clean, how does it look when it is small? Verdicts and promotion."""
