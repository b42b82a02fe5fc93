"""How somebody says they feel, matched to written patterns of symptoms; above all, emergencies."""
