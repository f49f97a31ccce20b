"""The API's own description: the OpenAPI document for programs, the reference for people, both of one source."""
