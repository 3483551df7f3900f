"""What makes the project forget: one person on request (Art. 17 DSGVO), and everybody by and by (retention)."""
