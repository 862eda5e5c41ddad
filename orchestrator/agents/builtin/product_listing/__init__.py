"""The agents of the template product-listing. They say only what the brief and the sources say, and cite it."""
