"""What proofs and measurements start alike: the services of docker-compose.yaml as processes on this machine."""
