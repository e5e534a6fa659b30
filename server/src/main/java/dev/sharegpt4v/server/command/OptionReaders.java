package dev.sharegpt4v.server.command;

import dev.sharegpt4v.server.bench.mix.Range;
import dev.sharegpt4v.server.bench.mix.Size;
import dev.sharegpt4v.server.bench.mix.Weighted;
import java.time.Duration;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Readers of options whose value is one thing or a mix of several; picocli makes them by reflection. */
final class OptionReaders {

    private OptionReaders() {}

    /** {@code 128}, {@code 64-256} or {@code 64:0.8,512-1024:0.2}. */
    static final class OfRanges implements ITypeConverter<Weighted<Range>> {
        @Override
        public Weighted<Range> convert(String text) {
            return read(text, Range::parse);
        }
    }

    /** {@code 640x480} or {@code 640x480:0.8,2000x1500:0.2}. */
    static final class OfSizes implements ITypeConverter<Weighted<Size>> {
        @Override
        public Weighted<Size> convert(String text) {
            return read(text, Size::parse);
        }
    }

    /** A number, or {@code inf}. */
    static final class OfRates implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            try {
                double rate = text.equals("inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
                if (rate > 0) {
                    return rate;
                }
            } catch (NumberFormatException e) {
                // Told below.
            }
            throw new TypeConversionException("'" + text + "' is no positive number and not inf");
        }
    }

    /** {@code 90}, {@code 90s}, {@code 10m} or {@code 1h}. */
    static final class OfDurations implements ITypeConverter<Duration> {

        private static final Pattern TIME = Pattern.compile("([0-9]{1,6})([smh]?)");

        @Override
        public Duration convert(String text) {
            Matcher time = TIME.matcher(text);
            if (!time.matches() || Integer.parseInt(time.group(1)) == 0) {
                throw new TypeConversionException("'" + text + "' is no time such as 90s or 10m");
            }
            int count = Integer.parseInt(time.group(1));
            return switch (time.group(2)) {
                case "m" -> Duration.ofMinutes(count);
                case "h" -> Duration.ofHours(count);
                default -> Duration.ofSeconds(count);
            };
        }
    }

    /** The same, or {@code 0}. */
    static final class OfDurationsOrNone implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return text.equals("0") ? Duration.ZERO : new OfDurations().convert(text);
        }
    }

    private static <T> Weighted<T> read(String text, Function<String, T> value) {
        try {
            return Weighted.parse(text, value);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
