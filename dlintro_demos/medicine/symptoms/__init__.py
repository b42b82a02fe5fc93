"""How somebody says they feel, matched to written patterns of symptoms; emergencies stand above everything."""
