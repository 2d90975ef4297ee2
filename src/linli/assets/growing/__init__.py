"""What grows in greenhouses: crops, the stages they are at, and the works due for them."""
