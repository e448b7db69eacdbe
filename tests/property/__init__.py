"""Laws that hold for all inputs, one module for each family of laws."""
