/* The baseline of Calvano, Calzolari, Denicolo and Pastorello (2020) as a plain loop: two sellers, m prices, a memory of one
 * period, epsilon-greedy tabular Q-learning, until both greedy policies have stayed the same for STABLE periods.
 *
 *     q_learning SESSIONS SEED NASH_PRICE MONOPOLY_PRICE
 *
 * Prints periods, seconds of processor time and the mean profit gain. Each seller keeps a table of m values for each of the
 * m*m states and the greedy action of each state, and searches a row again when one of its values has changed.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define M 15
#define STATES (M * M)

static const double ALPHA = 0.15, BETA = 4e-6, DELTA = 0.95;
static const long STABLE = 100000, CAP = 1000000000;

/* xoshiro256+ by Blackman and Vigna: https://prng.di.unimi.it */
static uint64_t rng[4];

static inline uint64_t rotl(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

static inline double uniform(void) {
    const uint64_t result = rng[0] + rng[3], t = rng[1] << 17;
    rng[2] ^= rng[0];
    rng[3] ^= rng[1];
    rng[1] ^= rng[2];
    rng[0] ^= rng[3];
    rng[2] ^= t;
    rng[3] = rotl(rng[3], 45);
    return (double)(result >> 11) * 0x1.0p-53;
}

static void seed_rng(uint64_t z) {
    for (int i = 0; i < 4; i++) {
        uint64_t x = (z += 0x9E3779B97F4A7C15ull);
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
        rng[i] = x ^ (x >> 31);
    }
}

static double profit[2][M][M];
static double q[2][STATES][M];
static int greedy[2][STATES];

static int argmax(const double *row) {
    double top = row[0];
    int best = 0;
    for (int a = 1; a < M; a++)
        if (row[a] > top) {
            top = row[a];
            best = a;
        }
    return best;
}

/* What each earns if both ask the same price. */
static double both(double price) {
    const double x = exp((2.0 - price) / 0.25);
    return (price - 1.0) * x / (2.0 * x + 1.0);
}

int main(int argc, char **argv) {
    const long sessions = argc > 1 ? atol(argv[1]) : 1;
    const uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    const double nash = argc > 3 ? atof(argv[3]) : 1.4729266, monopoly = argc > 4 ? atof(argv[4]) : 1.9249809;
    double price[M];
    for (int a = 0; a < M; a++) {
        const double low = nash - 0.1 * (monopoly - nash), high = monopoly + 0.1 * (monopoly - nash);
        price[a] = low + (high - low) * a / (M - 1);
    }
    for (int a = 0; a < M; a++)
        for (int b = 0; b < M; b++) {
            const double x = exp((2.0 - price[a]) / 0.25), y = exp((2.0 - price[b]) / 0.25);
            profit[0][a][b] = (price[a] - 1.0) * x / (x + y + 1.0);
            profit[1][a][b] = (price[b] - 1.0) * y / (x + y + 1.0);
        }
    double gain = 0.0;
    long periods = 0;
    const clock_t start = clock();
    for (long session = 0; session < sessions; session++) {
        seed_rng(seed * 1000003u + (uint64_t)session);
        for (int i = 0; i < 2; i++)
            for (int a = 0; a < M; a++) {
                double sum = 0.0;
                for (int b = 0; b < M; b++) sum += i == 0 ? profit[0][a][b] : profit[1][b][a];
                for (int s = 0; s < STATES; s++) q[i][s][a] = sum / M / (1.0 - DELTA);
            }
        for (int i = 0; i < 2; i++)
            for (int s = 0; s < STATES; s++) greedy[i][s] = argmax(q[i][s]);
        int state = (int)(uniform() * STATES);
        double epsilon = 1.0;
        const double decay = exp(-BETA);
        long t = 0, unchanged = 0;
        while (unchanged < STABLE && t < CAP) {
            int action[2];
            for (int i = 0; i < 2; i++)
                action[i] = uniform() < epsilon ? (int)(uniform() * M) : greedy[i][state];
            const int next = action[0] * M + action[1];
            int changed = 0;
            for (int i = 0; i < 2; i++) {
                const double value = profit[i][action[0]][action[1]] + DELTA * q[i][next][greedy[i][next]];
                double *row = q[i][state];
                row[action[i]] += ALPHA * (value - row[action[i]]);
            }
            for (int i = 0; i < 2; i++) {
                const int best = argmax(q[i][state]);
                if (best != greedy[i][state]) {
                    greedy[i][state] = best;
                    changed = 1;
                }
            }
            unchanged = changed ? 0 : unchanged + 1;
            epsilon *= decay;
            state = next;
            t++;
        }
        periods += t;
        /* Profits on the cycle of greedy play, which a path of STATES steps has reached. */
        for (int k = 0; k < STATES; k++) state = greedy[0][state] * M + greedy[1][state];
        double sum = 0.0;
        const int first = state;
        int length = 0;
        do {
            const int a = greedy[0][state], b = greedy[1][state];
            sum += 0.5 * (profit[0][a][b] + profit[1][a][b]);
            state = a * M + b;
            length++;
        } while (state != first);
        gain += (sum / length - both(nash)) / (both(monopoly) - both(nash));
    }
    const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    printf("%ld %.6f %.6f\n", periods, seconds, gain / (double)sessions);
    return 0;
}
