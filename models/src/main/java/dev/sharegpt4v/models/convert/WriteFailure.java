package dev.sharegpt4v.models.convert;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.Locale;

/** Says what a failed write means. */
final class WriteFailure {

    private WriteFailure() {}

    static ConversionException of(Path out, IOException failure) {
        if (failure instanceof InterruptedIOException || failure instanceof ClosedByInterruptException) {
            return new ConversionException(
                    ConversionException.Kind.INTERRUPTED, "the conversion to " + out + " was interrupted", failure);
        }
        String reason = String.valueOf(failure.getMessage());
        // Java has no type for a full disk; these are the texts of the C library.
        String lower = reason.toLowerCase(Locale.ROOT);
        if (lower.contains("no space left") || lower.contains("quota exceeded")) {
            return new ConversionException(ConversionException.Kind.DISK_FULL, "no room left to write " + out, failure);
        }
        return new ConversionException(
                ConversionException.Kind.UNWRITABLE_TARGET, "cannot write " + out + ": " + reason, failure);
    }
}
