"""The cultivation ladder (培育梯队): its stages, who stands where, who may climb next."""
