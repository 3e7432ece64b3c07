"""What people bring along, spreadsheets and timetables: read here, kept by the same services as forms."""
