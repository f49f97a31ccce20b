"""The ways out of the house: each turns a message into something that can be sent, and sends it."""
