"""What may be lost: queue, deliveries, audit, read model. It must not decide anything."""
