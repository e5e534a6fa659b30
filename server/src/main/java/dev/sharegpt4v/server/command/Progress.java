package dev.sharegpt4v.server.command;

import dev.sharegpt4v.models.convert.ConversionProgress;
import dev.sharegpt4v.server.logging.Logging;
import java.io.Console;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Progress of what takes long: a bar on a terminal, plain lines elsewhere; nothing in the first two seconds. */
final class Progress implements ConversionProgress, AutoCloseable {

    private static final long PATIENCE_NANOS = 2_000_000_000L;
    private static final int LINES_APART_PERCENT = 10;

    private final String unit;
    private final int shift;
    private final boolean terminal = !Logging.isJson() && isTerminal(System.console());
    private final long started = System.nanoTime();
    private @Nullable ProgressBar bar;
    private long nextPercent;

    /** Of bytes, told in megabytes. */
    Progress() {
        this("MB", 20);
    }

    private Progress(String unit, int shift) {
        this.unit = unit;
        this.shift = shift;
    }

    /** Of things that are counted one by one. */
    static Progress counting(String things) {
        return new Progress(things, 0);
    }

    @Override
    public void progressed(String activity, long done, long total) {
        if (System.nanoTime() - started < PATIENCE_NANOS) {
            return;
        }
        if (terminal) {
            show(activity, done, total);
        } else if (done * 100 >= nextPercent * total) {
            Words.tell("%s: %d of %d %s".formatted(activity, done >> shift, total >> shift, unit));
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
                    .setInitialMax(total >> shift)
                    .setUnit(" " + unit, 1)
                    .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
                    .build();
        }
        bar.setExtraMessage(activity);
        bar.stepTo(done >> shift);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
