"""Pictures of figures, clean at phone size: few words, large numbers, both Chinese scripts."""
