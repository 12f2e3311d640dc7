"""Routes over a travel matrix: tours of visitors (orienteering) and visit rounds of field teams."""
