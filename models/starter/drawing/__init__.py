"""The drawing decoder: scene tokens to a picture, by painting signed-distance shapes back to front."""
