package dev.sharegpt4v.server.command;

import dev.sharegpt4v.server.bench.Arrivals;
import dev.sharegpt4v.server.bench.ClosedLoop;
import dev.sharegpt4v.server.bench.Load;
import dev.sharegpt4v.server.bench.OpenLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say how many requests are sent and when. */
final class LoadOptions {

    private static final int CLIENTS = 4;

    @Option(names = "--requests", paramLabel = "N", description = "Requests that are measured (${DEFAULT-VALUE}).")
    int requests = 32;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            split = ",",
            description = "Clients, each of which asks again when it was answered (4); several values: a run for each.")
    List<Integer> concurrency = List.of();

    @Option(
            names = "--request-rate",
            paramLabel = "R",
            split = ",",
            converter = OptionReaders.OfRates.class,
            description =
                    "Requests a second that come in, whether others were answered or not; inf: all at once; several"
                            + " values: a run for each.")
    List<Double> rates = List.of();

    @Option(
            names = "--burstiness",
            paramLabel = "B",
            converter = OptionReaders.OfRates.class,
            description =
                    "Shape of the gaps between requests that come in: 1 is a Poisson process, less comes in bursts,"
                            + " more evenly, inf at equal distances (${DEFAULT-VALUE}).")
    double burstiness = 1;

    @Option(
            names = "--max-concurrency",
            paramLabel = "N",
            description = "With --request-rate: requests under way at most; others wait at the client.")
    @Nullable
    Integer maxConcurrency;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "Requests before the measured ones (${DEFAULT-VALUE}).")
    int warmUp = 2;

    @Nullable
    String problem() {
        if (requests < 1 || warmUp < 0 || concurrency.stream().anyMatch(clients -> clients < 1)) {
            return "--requests and --concurrency are positive, --warm-up is not negative";
        }
        if (!rates.isEmpty() && !concurrency.isEmpty()) {
            return "--concurrency is for clients that wait for their answers; with --request-rate, the cap is"
                    + " --max-concurrency";
        }
        if (maxConcurrency != null && (rates.isEmpty() || maxConcurrency < 1)) {
            return "--max-concurrency is positive and goes with --request-rate";
        }
        return null;
    }

    /** At least one. */
    List<Load> loads(long seed) {
        List<Load> loads = new ArrayList<>();
        OptionalInt most = maxConcurrency == null ? OptionalInt.empty() : OptionalInt.of(maxConcurrency);
        for (double rate : rates) {
            loads.add(new OpenLoop(new Arrivals(rate, burstiness), most, seed));
        }
        if (rates.isEmpty()) {
            (concurrency.isEmpty() ? List.of(CLIENTS) : concurrency)
                    .forEach(clients -> loads.add(new ClosedLoop(clients)));
        }
        return loads;
    }

    /** Before a measurement as many clients ask as in its busiest run. */
    Load warmUpLoad() {
        return new ClosedLoop(mostClients());
    }

    /** Requests that a server must take at once for this load not to be refused. */
    int places() {
        if (rates.isEmpty()) {
            return mostClients();
        }
        return maxConcurrency == null ? requests : maxConcurrency;
    }

    private int mostClients() {
        return concurrency.stream().mapToInt(clients -> clients).max().orElse(CLIENTS);
    }
}
