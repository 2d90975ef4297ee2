"""Performance on a mu of land (亩均论英雄): scores, classes, appeals, and what would lift one."""
