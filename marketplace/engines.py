"""The engines that a template may name, in words."""

ENGINE_WORDS = {
    "content_type": "Contents match the file type",
    "malware": "Virus scan",
    "personal_data": "Search for personal data",
    "secrets": "Search for passwords and keys",
    "outside": "The organisation's own scanner",
}
