"""What every demo shares: the device, the model cache, the job queue."""
