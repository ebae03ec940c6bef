"""Facts to bytes and back: applications, rosters, scans."""
