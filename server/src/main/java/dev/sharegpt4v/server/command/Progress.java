package dev.sharegpt4v.server.command;

import dev.sharegpt4v.models.convert.ConversionProgress;
import java.io.Console;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Progress of a conversion: a bar on a terminal, plain lines elsewhere; nothing in the first two seconds. */
final class Progress implements ConversionProgress, AutoCloseable {

    private static final long PATIENCE_NANOS = 2_000_000_000L;
    private static final int LINES_APART_PERCENT = 10;

    private final boolean terminal = isTerminal(System.console());
    private final long started = System.nanoTime();
    private @Nullable ProgressBar bar;
    private long nextPercent;

    @Override
    public void progressed(String activity, long done, long total) {
        if (System.nanoTime() - started < PATIENCE_NANOS) {
            return;
        }
        if (terminal) {
            show(activity, done, total);
        } else if (done * 100 >= nextPercent * total) {
            System.err.printf("%s: %d of %d MB%n", activity, done >> 20, total >> 20);
            nextPercent = done * 100 / Math.max(1, total) + LINES_APART_PERCENT;
        }
    }

    private static boolean isTerminal(@Nullable Console console) {
        return console != null && console.isTerminal();
    }

    private void show(String activity, long done, long total) {
        if (bar == null) {
            bar = new ProgressBarBuilder()
                    .setTaskName(activity)
                    .setInitialMax(total >> 20)
                    .setUnit(" MB", 1)
                    .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
                    .build();
        }
        bar.setExtraMessage(activity);
        bar.stepTo(done >> 20);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
