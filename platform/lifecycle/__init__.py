"""What happens to files and uploads as time passes."""
