"""When it is best to stop machines for maintenance: least expected cost, over all at once.

`plan` weighs for each job the cost of failing before its window against downtime, which is cheap
at night and shared by jobs on one line, and against life thrown away by replacing early; crews
by skill, spares with their arrivals and the hours of the shift calendar are its bounds.
"""

from .asked import Arrival, Job, Life, Slot
from .ground import Ground
from .plan import LeftOut, Plan, Window, plan

__all__ = ["Arrival", "Ground", "Job", "LeftOut", "Life", "Plan", "Slot", "Window", "plan"]
