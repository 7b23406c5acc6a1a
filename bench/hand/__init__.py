"""The floor of `cold`: the tiles' questions written by hand, on views made by hand."""
