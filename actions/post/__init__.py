"""Letters out: promised, claimed, addressed; personal links."""
