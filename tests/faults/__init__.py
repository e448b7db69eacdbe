"""What is promised holds while disks fill up, power goes and processes die."""
