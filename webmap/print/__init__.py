"""Static maps for paper: page, map frame, furniture, legend and labels, drawn by matplotlib."""
