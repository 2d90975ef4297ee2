"""Routes: who drives where and when, planned and planned anew while under way.

`solve` plans a `Problem`; `replan` does so again when something has changed; `drawn` and `planned`
measure routes that a person draws by hand.
"""
