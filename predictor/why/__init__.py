"""Why a hashtag was suggested: evidence, heat maps and the map of hashtags."""
