"""Operating the platform: health, the doctor, the demo."""
