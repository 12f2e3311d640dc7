"""The pictures: Folium maps, pages, static maps and atlases."""
