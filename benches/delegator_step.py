"""The delegation stage of rule `delegated` as a Numba loop, for `decisions.rs` to compare itself with.

Says `ready` and its versions once both loops are compiled. Then answers each line `LOOP EPOCHS` on standard input with
the nanoseconds that one delegator's step took in that loop:

    best    the best offer is found once for all; each delegator reconsiders with probability 1/10 and takes it
    logit   the same, but whoever reconsiders draws a sequencer with logit probabilities (what `delegated` does)

Both count the stake behind every sequencer in every epoch.
"""

import sys
import time

import numba
import numpy as np

SEQUENCERS = 100
DELEGATORS = 1000
RECONSIDER = 0.1
PRICE_SENSITIVITY = 1000.0


@numba.njit
def best(epochs, kickback, choice, share):
    for _ in range(epochs):
        offer = 0
        for i in range(kickback.size):
            if kickback[i] > kickback[offer]:
                offer = i
        share[:] = 0.0
        for d in range(choice.size):
            if np.random.random() < RECONSIDER:
                choice[d] = offer
            share[choice[d]] += 1.0
        for i in range(share.size):
            share[i] /= choice.size


@numba.njit
def logit(epochs, kickback, choice, share):
    cumulative = np.empty(kickback.size)
    for _ in range(epochs):
        highest = kickback.max()
        total = 0.0
        for i in range(kickback.size):
            total += np.exp(PRICE_SENSITIVITY * (kickback[i] - highest))
            cumulative[i] = total
        share[:] = 0.0
        for d in range(choice.size):
            if np.random.random() < RECONSIDER:
                u = np.random.random() * total
                choice[d] = min(np.searchsorted(cumulative, u, side="right"), kickback.size - 1)
            share[choice[d]] += 1.0
        for i in range(share.size):
            share[i] /= choice.size


LOOPS = {"best": best, "logit": logit}


def main():
    kickback = np.array([0.001 * (i * 37 % SEQUENCERS) for i in range(SEQUENCERS)])
    choice = np.zeros(DELEGATORS, dtype=np.uint32)
    share = np.zeros(SEQUENCERS)
    for loop in LOOPS.values():
        loop(1, kickback, choice, share)
    print(f"ready numba {numba.__version__}, numpy {np.__version__}", flush=True)
    for line in sys.stdin:
        name, epochs = line.split()
        start = time.perf_counter()
        LOOPS[name](int(epochs), kickback, choice, share)
        seconds = time.perf_counter() - start
        print(seconds * 1e9 / (int(epochs) * DELEGATORS), flush=True)


main()
