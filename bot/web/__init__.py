"""What listens: the webhook receiver, health, metrics. It must not work inside a request."""
