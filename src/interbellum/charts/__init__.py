"""Charts: pure functions from results to Vega-Lite over named data; drawing is someone else's job."""
