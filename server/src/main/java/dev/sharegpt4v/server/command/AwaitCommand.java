package dev.sharegpt4v.server.command;

import dev.sharegpt4v.models.catalog.PackageManifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code await}: ends when a model package is there, with 0, or with 1 when it did not come in time. For containers that start
 * while another one converts; the image has no shell that could wait.
 */
@Command(name = "await", description = "Waits until a model package is there.", hidden = true)
final class AwaitCommand implements Callable<Integer> {

    /** Volumes over the network tell no changes, so it is looked at again and again. */
    private static final long LOOK_EVERY_MILLIS = 1000;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Parameters(paramLabel = "PACKAGE", description = "Folder of the package.")
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Option(names = "--seconds", paramLabel = "S", description = "At most so long; for ever when left out.")
    @Nullable
    Long seconds;

    @Override
    public Integer call() throws InterruptedException {
        if (seconds != null) {
            Ranges.require(spec, "--seconds", seconds, 0, Integer.MAX_VALUE);
        }
        long start = System.nanoTime();
        CountDownLatch never = new CountDownLatch(1);
        boolean told = false;
        while (!Files.isRegularFile(folder.resolve(PackageManifest.FILE_NAME))) {
            if (seconds != null && System.nanoTime() - start >= TimeUnit.SECONDS.toNanos(seconds)) {
                spec.commandLine().getErr().println("sharegpt4v: " + folder + " did not come in " + seconds + " s");
                return 1;
            }
            if (!told) {
                spec.commandLine().getErr().println("waiting for " + folder);
                told = true;
            }
            boolean _ = never.await(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        }
        return 0;
    }
}
