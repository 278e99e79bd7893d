"""Pictures of routes: stops numbered and joined, drawn without any map server."""
