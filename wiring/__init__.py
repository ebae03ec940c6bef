"""Settings, engine, clock and gateways, put together at the edge."""
