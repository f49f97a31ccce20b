"""`make bench`: speeds as ratios against something measured in the same run, never as a promise in a test."""
