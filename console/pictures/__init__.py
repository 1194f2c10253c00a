"""Pictures that are drawn as SVG, and coloured by the one style sheet."""
