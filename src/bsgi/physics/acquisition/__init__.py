"""From expected rates to counts: times, dose, decay, motion and Poisson noise."""
