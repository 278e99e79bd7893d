"""Everything of a team, or of one customer, out to spreadsheets that the import reads back."""

from bot.services.exporting.running import ExportedFile, ExportResult, export_customer, export_team

__all__ = ["ExportResult", "ExportedFile", "export_customer", "export_team"]
