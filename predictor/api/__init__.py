"""The API for programs: REST under /api/v1/, described by OpenAPI. docs/api.md shows how it is used."""
