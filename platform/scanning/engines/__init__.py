"""The engines that look at files, behind one port. A new one is a module and a line in `registry`."""
