"""Regret matching in a four-bidder first-price auction as a Numba loop, for `first_price.rs` to compare itself with.

Says `ready` and its version once the loop is compiled. Then answers each line `ROUNDS` on standard input with the seconds
of processor time that so many rounds took. In a round each bidder draws one of 21 values, bids one of 21 amounts in
proportion to the positive part of its regrets at that value (anything alike where there are none), and adds to the regret
of every bid what it would have earned less what it did earn, the bids of others being as they are; ties by lot in
expectation.
"""

import sys
import time

import numba
import numpy as np

BIDDERS = 4
VALUES = 21
BIDS = 21


@numba.njit(fastmath=True)
def play(rounds, regret):
    value = np.empty(BIDDERS, np.int64)
    bid = np.empty(BIDDERS, np.int64)
    for _ in range(rounds):
        for i in range(BIDDERS):
            v = min(int(np.random.random() * VALUES), VALUES - 1)
            value[i] = v
            row = regret[i, v]
            total = 0.0
            for b in range(BIDS):
                total += max(row[b], 0.0)
            u = np.random.random()
            if total <= 0.0:
                bid[i] = min(int(u * BIDS), BIDS - 1)
            else:
                u *= total
                chosen = BIDS - 1
                for b in range(BIDS):
                    u -= max(row[b], 0.0)
                    if u < 0.0:
                        chosen = b
                        break
                bid[i] = chosen
        for i in range(BIDDERS):
            best = -1
            tied = 0
            for j in range(BIDDERS):
                if j != i:
                    if bid[j] > best:
                        best = bid[j]
                        tied = 1
                    elif bid[j] == best:
                        tied += 1
            worth = value[i] / (VALUES - 1)
            row = regret[i, value[i]]
            own = 0.0
            if bid[i] > best:
                own = worth - bid[i] / (BIDS - 1)
            elif bid[i] == best:
                own = (worth - bid[i] / (BIDS - 1)) / (tied + 1)
            for b in range(best):
                row[b] -= own
            row[best] += (worth - best / (BIDS - 1)) / (tied + 1) - own
            for b in range(best + 1, BIDS):
                row[b] += worth - b / (BIDS - 1) - own


def main():
    play(10, np.zeros((BIDDERS, VALUES, BIDS)))
    print(f"ready numba {numba.__version__}, numpy {np.__version__}", flush=True)
    for line in sys.stdin:
        regret = np.zeros((BIDDERS, VALUES, BIDS))
        start = time.process_time()
        play(int(line), regret)
        print(time.process_time() - start, flush=True)


main()
