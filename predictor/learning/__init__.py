"""From contributions to better versions: runs, versions and what decides between them."""
