"""What repeats: it brings each key to the reconciler when it is due. It must not touch GitLab."""
